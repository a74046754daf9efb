// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation;
using Microsoft.ML.SemanticFlow.Evaluation.Resampling;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Two models on the same images: how far their figures are apart, and whether that could be chance (paired bootstrap).</summary>
/// <example>
/// <code>
/// var (first, second) = (new SegmentationEvaluation(LabelMaps.CamVid), new SegmentationEvaluation(LabelMaps.CamVid));
/// first.Add(truth, mask, "street.png");
/// second.Add(truth, truth, "street.png");
/// var comparison = SegmentationComparison.Compare(first, second);
/// Console.WriteLine($"{comparison.MeanIoU.Difference}, p = {comparison.MeanIoU.PValue:f3}");
/// </code>
/// </example>
public sealed class SegmentationComparison
{
    private SegmentationComparison(SegmentationEvaluation first, SegmentationEvaluation second, double[][][] figures, double level)
    {
        SemanticSegmentationMetrics one = first.Metrics, other = second.Metrics;
        Level = level;
        ResampleCount = figures[0][0].Length;
        Images = Array.AsReadOnly([.. first.Images.Zip(second.Images, (image, same) => new SegmentationImageComparison(image, same))]);
        MeanIoU = Compare(one.MeanIoU, other.MeanIoU, 0);
        PixelAccuracy = Compare(one.PixelAccuracy, other.PixelAccuracy, 1);
        PerClassIoU = Array.AsReadOnly([.. one.PerClassIoU.Zip(other.PerClassIoU).Select((iou, id) => Compare(iou.First, iou.Second, 2 + id))]);

        SegmentationDifference Compare(double value, double otherValue, int figure) => new(value, otherValue, figures[0][figure], figures[1][figure], level);
    }

    /// <summary>What share of the resamples each interval holds.</summary>
    public double Level { get; }

    /// <summary>How often images were drawn.</summary>
    public int ResampleCount { get; }

    /// <summary>The images, in the order of <see cref="SegmentationEvaluation.Images"/>.</summary>
    public IReadOnlyList<SegmentationImageComparison> Images { get; }

    /// <summary>mIoU.</summary>
    public SegmentationDifference MeanIoU { get; }

    /// <summary>Pixel accuracy.</summary>
    public SegmentationDifference PixelAccuracy { get; }

    /// <summary>IoU by train id.</summary>
    public IReadOnlyList<SegmentationDifference> PerClassIoU { get; }

    /// <summary>Compares two models on the same images.</summary>
    /// <param name="first">The first model's evaluation, which keeps its images; each has a name of its own within its source.</param>
    /// <param name="second">The second model's, of the same images by source and name, and the same labels.</param>
    /// <param name="options">How to draw; null for the defaults.</param>
    /// <returns>The comparison; the same for the same images and options.</returns>
    /// <exception cref="ArgumentException">The evaluations are not of the same images, labels and classes.</exception>
    /// <exception cref="InvalidOperationException">An evaluation does not keep images.</exception>
    public static SegmentationComparison Compare(SegmentationEvaluation first, SegmentationEvaluation second, SegmentationResamplingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        options ??= new SegmentationResamplingOptions();
        if (first.Labels.FindDifference(second.Labels, "The first evaluation", "the second") is { } difference)
            throw new ArgumentException($"{difference} Compare evaluations of one label map.", nameof(second));
        CheckSameImages(first.Images, second.Images);
        return new SegmentationComparison(first, second, Resampler.Run([first.Images, second.Images], first.Labels.ClassCount, options), options.Level);
    }

    private static void CheckSameImages(IReadOnlyList<SegmentationImageResult> first, IReadOnlyList<SegmentationImageResult> second)
    {
        const string rule = "Compare evaluations of the same images, each with a name of its own.";
        CheckNames(first);
        CheckNames(second);
        foreach (var (one, other) in first.Zip(second))
        {
            if (!SameName(one, other))
            {
                // Both are in order: the smaller of the two is what the other evaluation lacks.
                bool lacksFirst = string.CompareOrdinal(one.Source, other.Source) is var order && (order == 0 ? string.CompareOrdinal(one.Name, other.Name) : order) > 0;
                throw new ArgumentException($"Image '{(lacksFirst ? other : one).Name}' is in the {(lacksFirst ? "second" : "first")} evaluation alone. {rule}", nameof(second));
            }

            if (!SameLabels(one, other))
                throw new ArgumentException($"Image '{one.Name}' has other labels in the second evaluation. {rule}", nameof(second));
        }

        if (first.Count != second.Count)
        {
            var (longer, shorter, which) = first.Count > second.Count ? (first, second, "first") : (second, first, "second");
            throw new ArgumentException($"Image '{longer[shorter.Count].Name}' is in the {which} evaluation alone. {rule}", nameof(second));
        }

        void CheckNames(IReadOnlyList<SegmentationImageResult> images)
        {
            for (int i = 0; i < images.Count; i++)
            {
                if (images[i].Name is null)
                    throw new ArgumentException($"An image has no name. {rule}", nameof(first));
                if (i > 0 && SameName(images[i - 1], images[i]))
                    throw new ArgumentException($"Image '{images[i].Name}' is there twice. {rule}", nameof(first));
            }
        }
    }

    private static bool SameName(SegmentationImageResult one, SegmentationImageResult other) => (one.Source, one.Name) == (other.Source, other.Name);

    private static bool SameLabels(SegmentationImageResult one, SegmentationImageResult other) => one.Ignored == other.Ignored
        && ClassCounts.Of(one).Where(counts => counts.Actual > 0).Select(counts => (counts.Id, counts.Actual))
            .SequenceEqual(ClassCounts.Of(other).Where(counts => counts.Actual > 0).Select(counts => (counts.Id, counts.Actual)));
}
