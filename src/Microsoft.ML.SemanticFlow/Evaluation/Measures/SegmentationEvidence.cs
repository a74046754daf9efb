// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What is known of one image besides its two masks, for the measures that need it.</summary>
/// <example>
/// <code>
/// SegmentationEvidence evidence = prediction.ToEvidence();        // confidence, and probabilities where they were asked for
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Calibration = new SegmentationCalibrationOptions() });
/// evaluation.Add(truth, prediction.Mask, evidence: evidence);
/// </code>
/// </example>
public sealed class SegmentationEvidence
{
    /// <summary>The probability of every class at each pixel, [K, H, W]: class by class, row by row. Empty where unknown.</summary>
    public ReadOnlyMemory<float> Probabilities { get; init; }

    /// <summary>The probability of the predicted class at each pixel, [H, W]; not needed beside <see cref="Probabilities"/>. Empty where unknown.</summary>
    public ReadOnlyMemory<float> Confidence { get; init; }

    /// <summary>The instance of each pixel of the ground truth, [H, W], as Cityscapes writes them: class id x 1000 + number, up to 1000 no instance.
    /// Empty where unknown.</summary>
    public ReadOnlyMemory<int> Instances { get; init; }
}
