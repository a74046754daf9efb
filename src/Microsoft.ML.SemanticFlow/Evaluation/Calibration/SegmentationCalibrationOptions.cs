// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How it is measured whether a model's probabilities mean what they say. Each image needs its <see cref="SegmentationEvidence"/>.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions
/// {
///     Calibration = new SegmentationCalibrationOptions { Bins = 10 },
/// });
/// </code>
/// </example>
public sealed record SegmentationCalibrationOptions
{
    /// <summary>Bins of equal width that the confidence falls into: 1 to 1000. Default 15.</summary>
    public int Bins
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Bins));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1000, nameof(Bins));
            field = value;
        }
    } = 15;
}
