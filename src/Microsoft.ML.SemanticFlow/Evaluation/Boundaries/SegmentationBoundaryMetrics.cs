// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How well the borders of classes are met. Pixels whose actual id is no class do not count.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Boundaries = new SegmentationBoundaryOptions() });
/// evaluation.Add(truth, mask, "street.png");
/// Console.WriteLine($"{evaluation.Boundaries!.MeanBoundaryIoU:f3}");
/// </code>
/// </example>
public sealed class SegmentationBoundaryMetrics
{
    internal SegmentationBoundaryMetrics(
        IReadOnlyList<SegmentationBoundaryFScore> scores, IReadOnlyList<double> boundaryIoU, double mean, IReadOnlyList<SegmentationTrimap> trimaps) =>
        (FScores, PerClassBoundaryIoU, MeanBoundaryIoU, Trimaps) = (scores, boundaryIoU, mean, trimaps);

    /// <summary>Boundary F by threshold, in the order of <see cref="SegmentationBoundaryOptions.Thresholds"/>.</summary>
    public IReadOnlyList<SegmentationBoundaryFScore> FScores { get; }

    /// <summary>Boundary IoU by train id, in [0, 1]: the IoU of the pixels near the boundary of either mask; NaN for a class that occurs in neither.</summary>
    /// <remarks>Cheng et al., "Boundary IoU" (CVPR 2021). Intersections and unions are added over images. Where the image cuts a mask, it has a boundary.</remarks>
    public IReadOnlyList<double> PerClassBoundaryIoU { get; }

    /// <summary>The mean of <see cref="PerClassBoundaryIoU"/> over the classes that occur.</summary>
    public double MeanBoundaryIoU { get; }

    /// <summary>IoU in bands around the true borders, in the order of <see cref="SegmentationBoundaryOptions.TrimapWidths"/>.</summary>
    public IReadOnlyList<SegmentationTrimap> Trimaps { get; }
}
