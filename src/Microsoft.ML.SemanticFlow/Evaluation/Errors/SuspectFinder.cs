// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Boundaries;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Errors;

/// <summary>Finds the largest regions in which a model is sure of another class than the label's.</summary>
internal sealed class SuspectFinder(SegmentationSuspectOptions options)
{
    public SegmentationSuspect[] Find(in MeasuredImage image)
    {
        if (image.Confidence.IsEmpty && image.Probabilities.IsEmpty)
            throw new ArgumentException($"Suspects are looked for, and the probabilities{image.What} are not given. Pass them, or the confidence, as evidence.");
        var pairs = Pairs(image);
        var regions = Regions.Find<ushort>(pairs, image.Height, image.Width, 0, corners: true);
        var found = new Dictionary<int, Box>();
        for (int run = 0; run < regions.Runs.Count; run++)
        {
            int region = regions.RegionOf(run);
            if (!found.TryGetValue(region, out var box))
                found.Add(region, box = new Box());
            box.Add(regions.Runs[run], image);
        }

        return [.. found.Values.Where(box => box.Pixels >= options.SmallestRegion)
            .OrderByDescending(box => box.Pixels).ThenBy(box => box.Top).ThenBy(box => box.Left)
            .Take(options.MostOfAnImage).Select(box => box.ToSuspect())];
    }

    private static double ConfidenceAt(in MeasuredImage image, int place) => image.Probability(
        image.Probabilities.IsEmpty ? image.Confidence[place] : image.Probabilities[image.Prediction[place] * image.Truth.Length + place], place);

    // 0 where nothing is suspect; otherwise a number for each pair of classes.
    private ushort[] Pairs(in MeasuredImage image)
    {
        ReadOnlySpan<byte> truth = image.Truth, prediction = image.Prediction;
        var near = new BitRaster(image.Height, image.Width);
        near.Paint(TruthBorder.Find(image, ignoredIsBorder: false), Footprint.Of(PixelDistance.Chessboard, options.BorderDistance));
        var pairs = new ushort[truth.Length];
        for (int i = 0; i < pairs.Length; i++)
        {
            byte actual = truth[i], predicted = prediction[i];
            if (actual == predicted || actual == LabelMap.IgnoreId || predicted == LabelMap.IgnoreId || near[i / image.Width, i % image.Width])
                continue;
            if (ConfidenceAt(image, i) >= options.Confidence)
                pairs[i] = (ushort)(1 + actual * LabelMap.IgnoreId + predicted);
        }

        return pairs;
    }

    private sealed class Box
    {
        private byte _actual;
        private byte _predicted;
        private int _bottom;
        private int _right;
        private long _confidence;

        public int Pixels { get; private set; }

        public int Top { get; private set; }

        public int Left { get; private set; }

        public void Add(PixelRun run, in MeasuredImage image)
        {
            int start = run.Row * image.Width + run.First;
            if (Pixels == 0)
                (_actual, _predicted, Top, Left, _right) = (image.Truth[start], image.Prediction[start], run.Row, run.First, run.Last);
            (Left, _right, _bottom) = (Math.Min(Left, run.First), Math.Max(_right, run.Last), run.Row);
            Pixels += run.Count;
            for (int i = 0; i < run.Count; i++)
                _confidence += FixedPoint.OfPixel(ConfidenceAt(image, start + i));
        }

        public SegmentationSuspect ToSuspect() => new(_actual, _predicted, Pixels, Top, Left, _bottom - Top + 1, _right - Left + 1, _confidence);
    }
}
