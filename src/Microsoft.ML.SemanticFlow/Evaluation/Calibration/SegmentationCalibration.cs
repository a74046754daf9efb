// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Whether probabilities mean what they say: of the pixels with a confidence of 0.8, are 80 % right?</summary>
/// <remarks>
/// A pixel's confidence is its largest probability, its prediction the class that has it, the first of several. Guo et al., "On Calibration of Modern
/// Neural Networks" (ICML 2017). Pixels whose actual id is no class do not count.
/// </remarks>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Calibration = new SegmentationCalibrationOptions() });
/// evaluation.Add(truth, prediction.Mask, "street.png", evidence: prediction.ToEvidence());
/// SegmentationCalibration calibration = evaluation.Calibration!;
/// Console.WriteLine($"right {calibration.Accuracy:p0} of the time, sure {calibration.MeanConfidence:p0}, ECE {calibration.ExpectedError:f3}");
/// </code>
/// </example>
public sealed class SegmentationCalibration
{
    internal SegmentationCalibration(IReadOnlyList<SegmentationCalibrationBin> bins, double brier, double likelihood)
    {
        Bins = bins;
        PixelCount = bins.Sum(bin => bin.PixelCount);
        BrierScore = brier;
        NegativeLogLikelihood = likelihood;
        var filled = bins.Where(bin => bin.PixelCount > 0).ToArray();
        Accuracy = filled.Sum(bin => bin.PixelCount * bin.Accuracy) / PixelCount;
        MeanConfidence = filled.Sum(bin => bin.PixelCount * bin.MeanConfidence) / PixelCount;
        ExpectedError = filled.Sum(bin => bin.PixelCount * Math.Abs(bin.Accuracy - bin.MeanConfidence)) / PixelCount;
        MaximumError = filled.Length == 0 ? double.NaN : filled.Max(bin => Math.Abs(bin.Accuracy - bin.MeanConfidence));
    }

    /// <summary>Pixels that counted.</summary>
    public long PixelCount { get; }

    /// <summary>The share of them whose likeliest class is right, in [0, 1]; NaN without pixels.</summary>
    public double Accuracy { get; }

    /// <summary>The mean confidence, in [0, 1]; above <see cref="Accuracy"/> the model is too sure of itself. NaN without pixels.</summary>
    public double MeanConfidence { get; }

    /// <summary>Expected calibration error (ECE): how far confidence and accuracy of a bin are apart, in the mean over pixels; in [0, 1]. NaN without pixels.</summary>
    public double ExpectedError { get; }

    /// <summary>Maximum calibration error (MCE): how far they are apart in the worst bin, in [0, 1]. NaN without pixels.</summary>
    public double MaximumError { get; }

    /// <summary>Brier score: the mean over pixels of the squared distance of all probabilities to 1 for the actual class and 0 for the others; in [0, 2].
    /// NaN where confidence alone was given.</summary>
    public double BrierScore { get; }

    /// <summary>The mean over pixels of -ln of the actual class's probability; infinite where one was 0, NaN where confidence alone was given.</summary>
    public double NegativeLogLikelihood { get; }

    /// <summary>The bins, from the least confidence to the most.</summary>
    public IReadOnlyList<SegmentationCalibrationBin> Bins { get; }
}
