// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Resampling;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How much the figures of an evaluation depend on which images were taken: intervals over images (bootstrap).</summary>
/// <remarks>Efron and Tibshirani, "An Introduction to the Bootstrap" (1993): percentile intervals. Images of one video are alike, which makes the intervals too narrow.</remarks>
/// <example>
/// <code>
/// var intervals = SegmentationIntervals.Estimate(evaluation, new SegmentationResamplingOptions { Resamples = 200 });
/// Console.WriteLine(intervals.MeanIoU);
/// </code>
/// </example>
public sealed class SegmentationIntervals
{
    private SegmentationIntervals(SegmentationEvaluation evaluation, double[][] figures, double level)
    {
        var metrics = evaluation.Metrics;
        Level = level;
        ResampleCount = figures[0].Length;
        MeanIoU = new SegmentationInterval(metrics.MeanIoU, figures[0], level);
        PixelAccuracy = new SegmentationInterval(metrics.PixelAccuracy, figures[1], level);
        PerClassIoU = Array.AsReadOnly([.. metrics.PerClassIoU.Select((iou, id) => new SegmentationInterval(iou, figures[2 + id], level))]);
    }

    /// <summary>What share of the resamples each interval holds.</summary>
    public double Level { get; }

    /// <summary>How often images were drawn.</summary>
    public int ResampleCount { get; }

    /// <summary>mIoU.</summary>
    public SegmentationInterval MeanIoU { get; }

    /// <summary>Pixel accuracy.</summary>
    public SegmentationInterval PixelAccuracy { get; }

    /// <summary>IoU by train id; resamples without the class are left out of its interval.</summary>
    public IReadOnlyList<SegmentationInterval> PerClassIoU { get; }

    /// <summary>Draws the images of an evaluation again and again.</summary>
    /// <param name="evaluation">An evaluation that keeps its images.</param>
    /// <param name="options">How to draw; null for the defaults.</param>
    /// <returns>The intervals; the same for the same images and options.</returns>
    /// <exception cref="ArgumentException">There are no images, or a draw names one that is not there.</exception>
    /// <exception cref="InvalidOperationException">The evaluation does not keep images.</exception>
    public static SegmentationIntervals Estimate(SegmentationEvaluation evaluation, SegmentationResamplingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        options ??= new SegmentationResamplingOptions();
        return new SegmentationIntervals(evaluation, Resampler.Run([evaluation.Images], evaluation.Labels.ClassCount, options)[0], options.Level);
    }
}
