// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>The pixels whose confidence lies in (<see cref="Lower"/>, <see cref="Upper"/>]; a confidence of 0 is in the first bin.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Calibration = new SegmentationCalibrationOptions() });
/// evaluation.Add(truth, prediction.Mask, "street.png", evidence: prediction.ToEvidence());
/// foreach (SegmentationCalibrationBin bin in evaluation.Calibration!.Bins.Where(bin => bin.PixelCount > 0))
///     Console.WriteLine($"{bin.Lower:f2} to {bin.Upper:f2}: right {bin.Accuracy:f2}");
/// </code>
/// </example>
public sealed class SegmentationCalibrationBin
{
    internal SegmentationCalibrationBin(double lower, double upper, long count, double confidence, double accuracy) =>
        (Lower, Upper, PixelCount, MeanConfidence, Accuracy) = (lower, upper, count, confidence, accuracy);

    /// <summary>The confidence that is too small for the bin.</summary>
    public double Lower { get; }

    /// <summary>The largest confidence in the bin.</summary>
    public double Upper { get; }

    /// <summary>How many pixels are in it.</summary>
    public long PixelCount { get; }

    /// <summary>Their mean confidence; NaN without pixels.</summary>
    public double MeanConfidence { get; }

    /// <summary>The share of them that is right; NaN without pixels.</summary>
    public double Accuracy { get; }
}
