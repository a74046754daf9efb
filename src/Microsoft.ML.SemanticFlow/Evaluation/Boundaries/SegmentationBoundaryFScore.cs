// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Boundary F at one threshold: the harmonic mean of boundary precision and recall of each image, averaged over images.</summary>
/// <remarks>
/// Perazzi et al., "A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation" (CVPR 2016), as the papers on segmentation take it: a
/// boundary pixel is right when the other mask has one of the same class within the threshold.
/// </remarks>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Boundaries = new SegmentationBoundaryOptions() });
/// evaluation.Add(truth, mask, "street.png");
/// foreach (SegmentationBoundaryFScore score in evaluation.Boundaries!.FScores)
///     Console.WriteLine($"within {score.Threshold} of the diagonal: {score.MeanFScore:f3}");
/// </code>
/// </example>
public sealed class SegmentationBoundaryFScore
{
    internal SegmentationBoundaryFScore(
        double threshold, IReadOnlyList<double> scores, double mean, IReadOnlyList<double> published, double publishedMean,
        IReadOnlyList<double> precision, IReadOnlyList<double> recall) =>
        (Threshold, PerClassFScore, MeanFScore, PerClassPublishedFScore, MeanPublishedFScore, PerClassPrecision, PerClassRecall) =
            (threshold, scores, mean, published, publishedMean, precision, recall);

    /// <summary>The threshold, as the options have it.</summary>
    public double Threshold { get; }

    /// <summary>Boundary F by train id, in [0, 1], over the images in which the class has a boundary in either mask; NaN where there are none.</summary>
    public IReadOnlyList<double> PerClassFScore { get; }

    /// <summary>The mean of <see cref="PerClassFScore"/> over the classes that occur.</summary>
    public double MeanFScore { get; }

    /// <summary>Boundary F by train id as the original counts it: an image in which the class has no boundary in either mask counts as 1.</summary>
    public IReadOnlyList<double> PerClassPublishedFScore { get; }

    /// <summary>The mean of <see cref="PerClassPublishedFScore"/> over all classes: to compare with published figures. Absent classes push it up.</summary>
    public double MeanPublishedFScore { get; }

    /// <summary>The share of predicted boundary pixels that are right, over all images together, by train id; NaN without any.</summary>
    public IReadOnlyList<double> PerClassPrecision { get; }

    /// <summary>The share of true boundary pixels that are met, over all images together, by train id; NaN without any.</summary>
    public IReadOnlyList<double> PerClassRecall { get; }
}
