// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What an evaluation keeps besides the confusion matrix. Each measure takes time for every image; null leaves it out.</summary>
/// <example>
/// <code>
/// var options = new SegmentationEvaluationOptions
/// {
///     Boundaries = new SegmentationBoundaryOptions(),
///     Calibration = new SegmentationCalibrationOptions(),
///     KeepImages = true,
/// };
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, options);
/// evaluation.Add(truth, prediction.Mask, "street.png", evidence: prediction.ToEvidence());
/// </code>
/// </example>
public sealed record SegmentationEvaluationOptions
{
    /// <summary>Whether to remember each image, for <see cref="SegmentationEvaluation.Images"/>, sources, intervals and comparisons. Default true.</summary>
    public bool KeepImages { get; init; } = true;

    /// <summary>How well borders are met; null, the default, leaves it out.</summary>
    public SegmentationBoundaryOptions? Boundaries { get; init; }

    /// <summary>What wrong pixels are: at borders, in the extent of regions, or whole regions; null, the default, leaves it out.</summary>
    public SegmentationErrorSplitOptions? ErrorSplit { get; init; }

    /// <summary>Regions whose label may be wrong; null, the default, leaves them out.</summary>
    public SegmentationSuspectOptions? Suspects { get; init; }

    /// <summary>Whether a model's probabilities mean what they say; null, the default, leaves it out.</summary>
    public SegmentationCalibrationOptions? Calibration { get; init; }

    /// <summary>Whether instances are measured as the Cityscapes server does, for <see cref="CityscapesMetrics"/>. The classes must be those of
    /// <see cref="CityscapesMetrics.Labels"/>, and each image needs its <see cref="SegmentationEvidence.Instances"/>. Default false.</summary>
    public bool CityscapesInstances { get; init; }
}
