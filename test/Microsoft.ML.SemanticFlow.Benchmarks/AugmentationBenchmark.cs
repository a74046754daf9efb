// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Crops a second of one thread, decoded pixels to normalised floats and labels, against the same operations one whole image after another.</summary>
/// <remarks>
/// Both make every crop of a round from the same plans and must give the same bytes. They take turns within a round; ratios are medians of
/// paired rounds. Whole images are scaled by the same code in both: the difference is what is scaled, and how pixels are then changed.
/// </remarks>
internal static class AugmentationBenchmark
{
    private static readonly (int Height, int Width, int Crop)[] _sizes = [(1024, 2048, 1024), (360, 480, 320)];

    private static readonly string[] _stages = ["scale and crop", "mirror", "color", "blur", "normalize and labels"];

    /// <summary>Returns false where the two ways differ.</summary>
    public static bool Run(BenchmarkOptions options)
    {
        int rounds = options.Number("rounds", 7), crops = options.Number("crops", 8);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"One thread, {rounds} rounds of {crops} crops, hue 0.25 and blur on as in the authors' code; medians"));
        return _sizes.Select(size => Run(size.Height, size.Width, size.Crop, rounds, crops)).ToArray().All(isSame => isSame);
    }

    private static bool Run(int height, int width, int side, int rounds, int crops)
    {
        var sample = new LabelledImage(ExportCheck.Draw(height, width), DrawMask(height, width));
        var options = new AugmentationOptions { CropHeight = side, CropWidth = side, GaussianBlur = true };
        int count = side * side;
        byte[] bgra = new byte[4 * count], ids = new byte[count];
        float[] planes = new float[3 * count];
        long[] labels = new long[count];
        var augmentation = new JointAugmentation(options);
        double[] fused = new double[rounds], naive = new double[rounds];
        double[][] fusedStages = [.. _stages.Select(_ => new double[rounds])], naiveStages = [.. _stages.Select(_ => new double[rounds])];
        for (int round = -1; round < rounds; round++)      // the first warms up
        {
            for (int i = 0; i < crops; i++)
            {
                var plan = AugmentationPlan.Draw(options, height, width, around: null, new Random(1000 * round + i));
                long start = Stopwatch.GetTimestamp();
                augmentation.Apply(sample, plan, planes, labels, channelsLast: false);
                if (round >= 0)
                    fused[round] += Stopwatch.GetElapsedTime(start).TotalSeconds;
                Stages(sample, plan, bgra, ids, planes, labels, new Clock(round, fusedStages));

                start = Stopwatch.GetTimestamp();
                var (naivePlanes, naiveLabels) = Naive(sample, plan, new Clock(round, naiveStages));
                if (round >= 0)
                    naive[round] += Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (!naivePlanes.AsSpan().SequenceEqual(planes) || !naiveLabels.AsSpan().SequenceEqual(labels))
                {
                    Console.Error.WriteLine($"The two ways differ for {plan}.");
                    return false;
                }
            }
        }

        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{height} x {width} to {side} x {side}: {crops / Median.Of(fused):f1} crops a second, one whole image after another {crops / Median.Of(naive):f1}; " +
            $"{Median.Of(naive.Zip(fused, (own, other) => own / other)):f2} x; the same values"));
        Console.WriteLine();
        Console.WriteLine("| stage | ms a crop | ms a crop, one after another |");
        Console.WriteLine("| --- | --- | --- |");
        for (int stage = 0; stage < _stages.Length; stage++)
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {_stages[stage]} | {1000 * Median.Of(fusedStages[stage]) / crops:f2} | {1000 * Median.Of(naiveStages[stage]) / crops:f2} |"));
        return true;
    }

    // What JointAugmentation.Apply does, with a look at the clock in between.
    private static void Stages(LabelledImage sample, AugmentationPlan plan, byte[] bgra, byte[] ids, float[] planes, long[] labels, Clock clock)
    {
        JointAugmentation.Resample(sample, plan, bgra, ids);
        clock.Lap();
        if (plan.IsFlipped)
            JointAugmentation.Mirror(bgra, ids, plan.Crop.Width);
        clock.Lap();
        foreach (var change in plan.ColorChanges)
            change.Apply(bgra);
        clock.Lap();
        GaussianBlur.Apply(bgra, plan.Crop.Height, plan.Crop.Width, plan.BlurSigma!.Value); // the options ask for it
        clock.Lap();
        PixelNormalization.ImageNet.ToPlanes(bgra, planes);
        for (int i = 0; i < labels.Length; i++)
            labels[i] = ids[i];
        clock.Lap();
    }

    private static (float[] Planes, long[] Labels) Naive(LabelledImage sample, AugmentationPlan plan, Clock clock)
    {
        var (image, ids) = NaiveAugmentation.Scale(sample, plan);
        (image, ids) = NaiveAugmentation.Crop(image, ids, plan);
        clock.Lap();
        if (plan.IsFlipped)
            (image, ids) = NaiveAugmentation.Mirror(image, ids);
        clock.Lap();
        byte[] bgra = image.Bgra.ToArray();
        foreach (var change in plan.ColorChanges)
            bgra = NaiveAugmentation.Recolor(bgra, change);
        clock.Lap();
        bgra = NaiveAugmentation.Blur(bgra, image.Height, image.Width, plan.BlurSigma!.Value); // the options ask for it
        clock.Lap();
        float[] planes = NaiveAugmentation.Normalize(bgra);
        long[] labels = [.. ids.Select(id => (long)id)];
        clock.Lap();
        return (planes, labels);
    }

    // Blocks of classes, as street scenes have; a few pixels are ignored.
    private static SegmentationMask DrawMask(int height, int width)
    {
        var ids = new byte[height * width];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = i % 97 == 0 ? LabelMap.IgnoreId : (byte)((i / width / 40 + i % width / 56) % 19);
        return new SegmentationMask(height, width, ids);
    }

    /// <summary>Adds the seconds of one stage after another to a round; a negative round is not counted.</summary>
    private sealed class Clock(int round, double[][] stages)
    {
        private long _last = Stopwatch.GetTimestamp();
        private int _stage;

        public void Lap()
        {
            long now = Stopwatch.GetTimestamp();
            if (round >= 0)
                stages[_stage][round] += Stopwatch.GetElapsedTime(_last, now).TotalSeconds;
            (_stage, _last) = (_stage + 1, now);
        }
    }
}
