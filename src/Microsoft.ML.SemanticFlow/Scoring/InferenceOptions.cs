// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How often, at which sizes and in which pieces the network sees an image; the default is once and whole.</summary>
/// <remarks>
/// Every pass gives raw scores, before softmax, for each pixel of the image; their mean decides the class. A file that takes images of any
/// size serves all of it. One of a fixed size allows <see cref="Flip"/>, and tiles of exactly its size.
/// </remarks>
/// <example>
/// <code>
/// var options = new InferenceOptions { Scales = [0.5, 1, 1.5], Flip = true };     // the mean of six passes
/// SegmentationMask mask = segmenter.Predict("street.png", options);
/// </code>
/// </example>
public sealed record InferenceOptions
{
    /// <summary>Ratios that the image is resized by, above 0; the mean is over all of them. Default 1.</summary>
    /// <remarks>A side of n pixels becomes the whole part of n times the ratio; bilinear, antialiased when shrinking.</remarks>
    public IReadOnlyList<double> Scales
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Scales));
            if (value.Count == 0)
                throw new ArgumentException("There must be at least one scale; 1 is the image's own size.", nameof(Scales));
            foreach (double scale in value)
            {
                if (!(scale > 0 && double.IsFinite(scale)))
                    throw new ArgumentOutOfRangeException(nameof(Scales), scale, "A scale must be a number above 0.");
            }

            field = [.. value];
        }
    } = [1];

    /// <summary>Whether the network sees each scaled image a second time, mirrored left to right. Default false.</summary>
    public bool Flip { get; init; }

    /// <summary>The tiles that the network sees instead of the whole image; null, the default, is the whole.</summary>
    public SlidingWindow? SlidingWindow { get; init; }

    /// <summary>One pass over the whole image.</summary>
    internal bool IsSinglePass => Scales is [1] && !Flip && SlidingWindow is null;

    /// <summary>Whether the same options are set.</summary>
    /// <param name="other">Other options.</param>
    public bool Equals(InferenceOptions? other) =>
        other is not null && Scales.SequenceEqual(other.Scales) && Flip == other.Flip && SlidingWindow == other.SlidingWindow;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Scales.Count, Scales[0], Flip, SlidingWindow);
}
