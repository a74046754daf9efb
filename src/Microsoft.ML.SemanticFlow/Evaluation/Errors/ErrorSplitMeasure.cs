// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Boundaries;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Errors;

/// <summary>Tells wrong pixels apart by where they lie and whether their regions were found.</summary>
internal sealed class ErrorSplitMeasure(SegmentationErrorSplitOptions options, int classes) : ImageMeasure
{
    // Of a class, in the order of SegmentationClassErrors.
    private const int PerClass = 7;
    private const int Border = 1;
    private const int Extent = 2;
    private const int Whole = 3;
    private const int False = 0;
    private const int Lost = 3;

    // Behind the classes: every wrong pixel once.
    private const int Once = 4;

    [Flags]
    private enum Found : byte
    {
        None = 0,
        Truth = 1,
        Prediction = 2,
    }

    public override int Length => PerClass * classes + Once;

    public override void Measure(in MeasuredImage image, Span<Int128> numbers)
    {
        var truth = image.Truth;
        byte[] prediction = image.PredictionWhereCounted();
        var found = new Found[truth.Length];
        Mark(truth, prediction, Found.Truth, image, found);
        Mark(prediction, truth, Found.Prediction, image, found);
        var near = new BitRaster(image.Height, image.Width);
        near.Paint(TruthBorder.Find(image, ignoredIsBorder: false), Footprint.Of(PixelDistance.Chessboard, options.BorderDistance));

        Span<long> counts = stackalloc long[PerClass * LabelMap.IgnoreId];
        Span<long> once = stackalloc long[Once];
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                int place = y * image.Width + x;
                byte actual = truth[place], guess = prediction[place];
                if (actual == LabelMap.IgnoreId)
                    continue;
                if (actual == guess)
                {
                    counts[PerClass * actual]++;
                    continue;
                }

                bool border = near[y, x], truthFound = (found[place] & Found.Truth) != 0, guessFound = (found[place] & Found.Prediction) != 0;
                counts[PerClass * actual + Lost + (border ? Border : truthFound ? Extent : Whole)]++;
                if (guess != LabelMap.IgnoreId)
                    counts[PerClass * guess + False + (border ? Border : guessFound ? Extent : Whole)]++;
                once[border ? 0 : !guessFound ? 2 : !truthFound ? 3 : 1]++;
            }
        }

        for (int i = 0; i < PerClass * classes; i++)
            numbers[i] = counts[i];
        for (int i = 0; i < Once; i++)
            numbers[PerClass * classes + i] = once[i];
    }

    public SegmentationErrorSplit Read(ReadOnlySpan<Int128> numbers)
    {
        long[] counts = new long[numbers.Length];
        for (int i = 0; i < counts.Length; i++)
            counts[i] = (long)numbers[i];
        var each = new SegmentationClassErrors[classes];
        for (int id = 0; id < classes; id++)
            each[id] = new SegmentationClassErrors(counts.AsSpan(PerClass * id, PerClass));
        var once = counts.AsSpan(PerClass * classes);
        return new SegmentationErrorSplit(Array.AsReadOnly(each), once[0], once[1], once[2], once[3]);
    }

    // Marks the regions of one mask that hold a pixel which the other has too.
    private void Mark(ReadOnlySpan<byte> ids, ReadOnlySpan<byte> other, Found mark, in MeasuredImage image, Found[] found)
    {
        int width = image.Width;
        var regions = Regions.Find(ids, image.Height, width, LabelMap.IgnoreId, options.CornersConnect);
        bool[] hit = new bool[regions.Runs.Count];
        for (int run = 0; run < hit.Length; run++)
        {
            var (start, count) = (regions.Runs[run].Row * width + regions.Runs[run].First, regions.Runs[run].Count);
            int region = regions.RegionOf(run);
            hit[region] = hit[region] || other.Slice(start, count).Contains(ids[start]);
        }

        for (int run = 0; run < hit.Length; run++)
        {
            if (!hit[regions.RegionOf(run)])
                continue;
            foreach (ref var pixel in found.AsSpan(regions.Runs[run].Row * width + regions.Runs[run].First, regions.Runs[run].Count))
                pixel |= mark;
        }
    }
}
