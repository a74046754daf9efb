// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>IoU in a band around the true borders (a trimap).</summary>
/// <remarks>
/// A border pixel is one beside a pixel of another class; the edge of the image is none. The band holds the counted pixels at most
/// <see cref="Width"/> from a border pixel, which are <see cref="Width"/> + 1 on each side.
/// </remarks>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Boundaries = new SegmentationBoundaryOptions() });
/// evaluation.Add(truth, mask, "street.png");
/// foreach (SegmentationTrimap trimap in evaluation.Boundaries!.Trimaps)
///     Console.WriteLine($"at most {trimap.Width} pixels from a border: {trimap.MeanIoU:f3}");
/// </code>
/// </example>
public sealed class SegmentationTrimap
{
    internal SegmentationTrimap(int width, long pixelCount, IReadOnlyList<double> iou, double mean) =>
        (Width, PixelCount, PerClassIoU, MeanIoU) = (width, pixelCount, iou, mean);

    /// <summary>The width of the band, as the options have it.</summary>
    public int Width { get; }

    /// <summary>Pixels in the band.</summary>
    public long PixelCount { get; }

    /// <summary>IoU in the band by train id, in [0, 1]; NaN for a class that occurs in neither mask there.</summary>
    public IReadOnlyList<double> PerClassIoU { get; }

    /// <summary>The mean of <see cref="PerClassIoU"/> over the classes that occur in the band.</summary>
    public double MeanIoU { get; }
}
