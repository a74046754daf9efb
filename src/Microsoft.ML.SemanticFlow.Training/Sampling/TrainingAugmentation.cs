// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How training crops vary, image and mask alike.</summary>
/// <example>
/// <code>
/// var training = options with { Augmentation = new TrainingAugmentation { ScaleMin = 0.75, ScaleMax = 1.5, ColorJitter = 0.25, GaussianBlur = false } };
/// </code>
/// </example>
public sealed record TrainingAugmentation : IRecipePart
{
    /// <summary>The shorter side of each image is scaled to this many pixels before the random scale. Default null: images keep their size.</summary>
    public int? ShorterSide { get; init => field = Check.AtLeast(value, 1); }

    /// <summary>The smallest random scale of an image and its mask, before cropping. Default 0.5.</summary>
    public double ScaleMin { get; init => field = Check.Within(value, 0.05, 20); } = 0.5;

    /// <summary>The largest random scale of an image and its mask, before cropping. Default 2.</summary>
    public double ScaleMax { get; init => field = Check.Within(value, 0.05, 20); } = 2;

    /// <summary>How often an image is mirrored left to right. Default 0.5.</summary>
    public double FlipProbability { get; init => field = Check.Within(value, 0, 1); } = 0.5;

    /// <summary>Brightness, contrast and saturation change by a random factor from 1 - this to 1 + this. Default 0.25.</summary>
    public double ColorJitter { get; init => field = Check.Within(value, 0, 1); } = 0.25;

    /// <summary>The hue turns by a random share of a full turn, from minus this to this. Default 0; the authors' code uses 0.25.</summary>
    public double HueJitter { get; init => field = Check.Within(value, 0, 0.5); }

    /// <summary>Whether images are blurred by a random amount, sigma 0.15 to 1.3 pixels. Default false.</summary>
    public bool GaussianBlur { get; init; }
}
