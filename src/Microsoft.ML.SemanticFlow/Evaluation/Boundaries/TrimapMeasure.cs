// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>What IoU needs, in bands around the true borders.</summary>
internal sealed class TrimapMeasure(SegmentationBoundaryOptions options, int classes) : ImageMeasure
{
    // Of a width: pixels. Of a class in it: right pixels, true ones, predicted ones.
    private const int PerClass = 3;

    private int PerWidth => 1 + PerClass * classes;

    public override int Length => options.TrimapWidths.Count * PerWidth;

    public override void Measure(in MeasuredImage image, Span<Int128> numbers)
    {
        if (options.TrimapWidths.Count == 0)
            return;
        var border = TruthBorder.Find(image, options.IgnoredIsBorder);
        var band = new BitRaster(image.Height, image.Width);
        for (int i = 0; i < options.TrimapWidths.Count; i++)
        {
            band.Paint(border, Footprint.Of(options.TrimapDistance, options.TrimapWidths[i]));
            Count(image, band, numbers.Slice(i * PerWidth, PerWidth));
            band.Clear();
        }
    }

    public IReadOnlyList<SegmentationTrimap> Read(ReadOnlySpan<Int128> numbers)
    {
        var trimaps = new SegmentationTrimap[options.TrimapWidths.Count];
        for (int i = 0; i < trimaps.Length; i++)
        {
            var band = numbers.Slice(i * PerWidth, PerWidth);
            double[] iou = new double[classes];
            for (int id = 0; id < classes; id++)
                iou[id] = Ratio.IoU((double)band[1 + PerClass * id], (double)band[2 + PerClass * id], (double)band[3 + PerClass * id]);
            trimaps[i] = new SegmentationTrimap(options.TrimapWidths[i], (long)band[0], Array.AsReadOnly(iou), Ratio.MeanOfDefined(iou));
        }

        return Array.AsReadOnly(trimaps);
    }

    private void Count(in MeasuredImage image, BitRaster band, Span<Int128> numbers)
    {
        Span<long> hit = stackalloc long[256], actual = stackalloc long[256], predicted = stackalloc long[256];
        ReadOnlySpan<byte> truth = image.Truth, prediction = image.Prediction;
        for (int y = 0; y < image.Height; y++)
        {
            var words = band.Row(y);
            for (int i = 0; i < words.Length; i++)
            {
                for (ulong word = words[i]; word != 0; word &= word - 1)
                {
                    int place = y * image.Width + i * 64 + BitOperations.TrailingZeroCount(word);
                    byte id = truth[place];
                    if (id == LabelMap.IgnoreId)
                        continue;
                    actual[id]++;
                    predicted[prediction[place]]++;
                    if (prediction[place] == id)
                        hit[id]++;
                }
            }
        }

        for (int id = 0; id < classes; id++)
        {
            (numbers[1 + PerClass * id], numbers[2 + PerClass * id], numbers[3 + PerClass * id]) = (hit[id], actual[id], predicted[id]);
            numbers[0] += actual[id];
        }
    }
}
