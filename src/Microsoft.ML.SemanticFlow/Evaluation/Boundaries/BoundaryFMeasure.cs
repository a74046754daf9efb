// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>Boundary F of every class at every threshold.</summary>
/// <remarks>Boundaries are few pixels: they are listed once, and disks around them painted as bits, where the original dilates whole masks class by class.</remarks>
internal sealed class BoundaryFMeasure(IReadOnlyList<double> thresholds, int classes) : ImageMeasure
{
    // Before the classes: images. Of a class: true and predicted boundary pixels, images in which it has none.
    private const int Images = 1;
    private const int PerClass = 3;

    // Of a class and a threshold: the sum of F, predicted pixels that are right, true pixels that are met.
    private const int PerThreshold = 3;

    public override int Length => Images + classes * (PerClass + PerThreshold * thresholds.Count);

    public override void Measure(in MeasuredImage image, Span<Int128> numbers)
    {
        numbers[0] = 1;
        if (thresholds.Count == 0)
            return;
        byte[] prediction = image.PredictionWhereCounted();
        ClassOutlines truth = new(image.Truth, image.Height, image.Width, classes), guess = new(prediction, image.Height, image.Width, classes);
        var near = new BitRaster(image.Height, image.Width);
        double diagonal = Math.Sqrt((double)image.Height * image.Height + (double)image.Width * image.Width);
        int[] radii = [.. thresholds.Select(threshold => (int)(threshold >= 1 ? threshold : Math.Ceiling(threshold * diagonal)))];
        int[][] disks = [.. radii.Select(radius => Footprint.Of(PixelDistance.Euclidean, radius))];
        for (int id = 0; id < classes; id++)
        {
            List<PixelRun> actual = truth.Of(id), predicted = guess.Of(id);
            var counts = Of(numbers, id);
            counts[0] = actual.Sum(run => (long)run.Count);
            counts[1] = predicted.Sum(run => (long)run.Count);
            counts[2] = counts[0] == 0 && counts[1] == 0 ? 1 : 0;
            for (int i = 0; i < radii.Length; i++)
            {
                var at = counts.Slice(PerClass + PerThreshold * i, PerThreshold);
                int same = Array.IndexOf(radii, radii[i]);
                if (same < i)
                {
                    counts.Slice(PerClass + PerThreshold * same, PerThreshold).CopyTo(at);
                    continue;
                }

                at[1] = Near(near, actual, predicted, disks[i]);
                at[2] = Near(near, predicted, actual, disks[i]);
                at[0] = FixedPoint.Of(Score((double)counts[0], (double)counts[1], (double)at[1], (double)at[2]));
            }
        }
    }

    public IReadOnlyList<SegmentationBoundaryFScore> Read(ReadOnlySpan<Int128> numbers)
    {
        double images = (double)numbers[0];
        var scores = new SegmentationBoundaryFScore[thresholds.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            double[] present = new double[classes], published = new double[classes], precision = new double[classes], recall = new double[classes];
            for (int id = 0; id < classes; id++)
            {
                var counts = numbers.Slice(Images + id * (PerClass + PerThreshold * thresholds.Count), PerClass + PerThreshold * thresholds.Count);
                var at = counts.Slice(PerClass + PerThreshold * i, PerThreshold);
                double sum = FixedPoint.ToDouble(at[0]), without = (double)counts[2];
                published[id] = sum / images;
                present[id] = (sum - without) / (images - without);
                precision[id] = Ratio.Of(at[1], counts[1]);
                recall[id] = Ratio.Of(at[2], counts[0]);
            }

            scores[i] = new SegmentationBoundaryFScore(
                thresholds[i], Array.AsReadOnly(present), Ratio.MeanOfDefined(present), Array.AsReadOnly(published), Ratio.MeanOfDefined(published),
                Array.AsReadOnly(precision), Array.AsReadOnly(recall));
        }

        return Array.AsReadOnly(scores);
    }

    private Span<Int128> Of(Span<Int128> numbers, int id)
    {
        int length = PerClass + PerThreshold * thresholds.Count;
        return numbers.Slice(Images + id * length, length);
    }

    private static long Near(BitRaster raster, List<PixelRun> of, List<PixelRun> counted, int[] reach)
    {
        if (of.Count == 0 || counted.Count == 0)
            return 0;
        raster.Paint(of, reach);
        long count = raster.Count(counted);
        raster.Clear();
        return count;
    }

    // The original's cases: a mask without a boundary is found precisely by another without, and not at all by one with.
    private static double Score(double actual, double predicted, double right, double met)
    {
        double precision = predicted > 0 ? right / predicted : 1, recall = actual > 0 ? met / actual : 1;
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }
}
