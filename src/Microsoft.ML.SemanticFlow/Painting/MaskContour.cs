// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Lines along the borders of classes.</summary>
/// <example>
/// <code>
/// var painter = new MaskPainter(new MaskPainterOptions { Contour = new MaskContour { Width = 2, Color = new RgbColor(255, 255, 255) } });
/// painter.Overlay(mask, "street.png").Save("street-contour.png");
/// </code>
/// </example>
public sealed record MaskContour
{
    /// <summary>The widest line.</summary>
    internal const int MostWidth = 64;

    /// <summary>Pixels across a line, 1 to 64: half of them on each side of a border. Default 2.</summary>
    public int Width
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Width));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MostWidth, nameof(Width));
            field = value;
        }
    } = 2;

    /// <summary>The colour of all lines; null, the default, for that of the class on each side.</summary>
    public RgbColor? Color { get; init; }
}
