// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How <see cref="MaskPainter"/> draws.</summary>
/// <example>
/// <code>
/// var options = new MaskPainterOptions { Opacity = 0.5, Contour = new MaskContour(), Legend = LegendPlacement.Below };
/// new MaskPainter(options).Colors(mask).Save("street-colors.png");
/// </code>
/// </example>
public sealed record MaskPainterOptions
{
    /// <summary>Share of a class's colour over an image, 0 to 1. Default 0.5.</summary>
    public double Opacity
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Opacity), value, "The opacity is a share from 0 to 1.");
    } = 0.5;

    /// <summary>Lines along the borders of classes; null, the default, for none.</summary>
    public MaskContour? Contour { get; init; }

    /// <summary>Where to list the colours and what they mean; null, the default, for nowhere.</summary>
    /// <remarks>
    /// Listed is what occurs in the picture. Latin, Greek and Cyrillic letters look the same on every machine; others are drawn with a font of the
    /// machine that has them, and as empty boxes where none has.
    /// </remarks>
    public LegendPlacement? Legend { get; init; }

    /// <summary>Size of a legend's letters, 6 to 200 pixels; null, the default, for one that goes with the picture: 11 to 24.</summary>
    public int? TextSize
    {
        get;
        init
        {
            if (value is { } size)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(size, 6, nameof(TextSize));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 200, nameof(TextSize));
            }

            field = value;
        }
    }

    /// <summary>White pixels between pictures that stand side by side. Default 4.</summary>
    public int Gap
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Gap));
            field = value;
        }
    } = 4;
}
