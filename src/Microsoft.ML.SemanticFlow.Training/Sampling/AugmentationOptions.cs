// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>How training crops are drawn from a labelled image.</summary>
internal sealed record AugmentationOptions
{
    /// <summary>Rows of a crop.</summary>
    public required int CropHeight { get; init; }

    /// <summary>Columns of a crop.</summary>
    public required int CropWidth { get; init; }

    /// <summary>The shorter side of the image is first scaled to this many pixels; null leaves it as it is.</summary>
    public int? ShorterSide { get; init; }

    /// <summary>The image is then scaled by a ratio drawn evenly from <see cref="ScaleMin"/> to <see cref="ScaleMax"/>.</summary>
    public double ScaleMin { get; init; } = 0.5;

    public double ScaleMax { get; init; } = 2.0;

    /// <summary>How often a crop is mirrored left to right.</summary>
    public double FlipProbability { get; init; } = 0.5;

    /// <summary>Brightness, contrast and saturation change by factors drawn from 1 - this to 1 + this. 0 leaves them alone.</summary>
    public double ColorJitter { get; init; } = 0.25;

    /// <summary>The hue turns by a share of a full turn drawn from minus this to this, of which more than 0.5 means nothing. 0 leaves it alone.</summary>
    public double HueJitter { get; init; } = 0.25;

    /// <summary>Whether crops are blurred, with a standard deviation drawn from 0.15 to 1.3 pixels.</summary>
    public bool GaussianBlur { get; init; }

    /// <summary>What happens to the crop's pixels last.</summary>
    public PixelNormalization Normalization { get; init; } = PixelNormalization.ImageNet;
}
