// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What an evaluation keeps besides the confusion matrix. Each measure takes time for every image; null leaves it out.</summary>
public sealed record SegmentationEvaluationOptions
{
    /// <summary>Whether to remember each image, for <see cref="SegmentationEvaluation.Images"/>, sources, intervals and comparisons. Default true.</summary>
    public bool KeepImages { get; init; } = true;

    /// <summary>Whether a model's probabilities mean what they say; null, the default, leaves it out.</summary>
    public SegmentationCalibrationOptions? Calibration { get; init; }
}
