// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>Orders images from the worst to the best.</summary>
internal static class ImageRanking
{
    public static SegmentationRankedImage[] Rank(IReadOnlyList<SegmentationImageResult> images, SegmentationConfusionMatrix sum)
    {
        int classes = sum.ClassCount;
        ClassTotals[] totals = [.. Enumerable.Range(0, classes).Select(id => new ClassTotals(sum[id, id], sum.GetActualCount(id), sum.GetPredictedCount(id)))];
        double[] iou = [.. totals.Select(counts => counts.IoU)];
        double mean = Ratio.MeanOfDefined(iou);
        return [.. images.Select(image => new SegmentationRankedImage(image, sum.Labels, MeanIfRight(image) - mean))
            .OrderBy(ranked => double.IsNaN(ranked.Image.MeanIoU)).ThenBy(ranked => ranked.Image.MeanIoU)];

        double MeanIfRight(SegmentationImageResult image)
        {
            double[] changed = [.. iou];
            foreach (var counts in ClassCounts.Of(image))
                changed[counts.Id] = totals[counts.Id].IfRight(counts).IoU;
            return Ratio.MeanOfDefined(changed);
        }
    }

    private readonly record struct ClassTotals(long Hit, long Actual, long Predicted)
    {
        public double IoU => Ratio.IoU(Hit, Actual, Predicted);

        public ClassTotals IfRight(ClassCounts image) => new(Hit - image.Hit + image.Actual, Actual, Predicted - image.Predicted + image.Actual);
    }
}
