// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Resampling;

/// <summary>Draws images and sums them; several evaluations of the same images are drawn alike.</summary>
internal static class Resampler
{
    /// <summary>The figures of every resample.</summary>
    /// <param name="evaluations">Images of each evaluation, in one order.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="options">How to draw.</param>
    /// <returns>By evaluation, by figure of <see cref="ClassTotals"/>, by resample.</returns>
    /// <exception cref="ArgumentException">There are no images, or a draw names one that is not there.</exception>
    public static double[][][] Run(IReadOnlyList<SegmentationImageResult>[] evaluations, int classes, SegmentationResamplingOptions options)
    {
        int images = evaluations[0].Count;
        if (images == 0)
            throw new ArgumentException("There are no images to draw from.", nameof(evaluations));
        Check(options.Draws, images);
        ClassCounts[][][] counts = [.. evaluations.Select(evaluation => evaluation.Select(ClassCounts.Of).ToArray())];
        int resamples = options.Draws?.Count ?? options.Resamples;
        double[][][] figures = [.. counts.Select(_ => Enumerable.Range(0, ClassTotals.FiguresOf(classes)).Select(_ => new double[resamples]).ToArray())];
        Parallel.For(
            0, resamples, new ParallelOptions { CancellationToken = options.CancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            () => (Totals: new ClassTotals(classes), Drawn: new int[images]),
            (resample, _, own) =>
            {
                var drawn = options.Draws is { } draws ? draws[resample] : Draw(own.Drawn, options.Seed, resample);
                for (int i = 0; i < counts.Length; i++)
                {
                    own.Totals.Clear();
                    foreach (int image in drawn)
                        own.Totals.Add(counts[i][image]);
                    foreach (var (figure, value) in own.Totals.ToFigures().Index())
                        figures[i][figure][resample] = value;
                }

                return own;
            },
            _ => { });
        return figures;
    }

    private static void Check(IReadOnlyList<IReadOnlyList<int>>? draws, int images)
    {
        if (draws is null)
            return;
        if (draws.Count == 0 || draws.Any(draw => draw.Count == 0 || draw.Any(image => image < 0 || image >= images)))
            throw new ArgumentException($"Each draw must name images from 0 to {images - 1}, and there must be one.", nameof(draws));
    }

    // SplitMix64 (Steele et al. 2014): each resample has a stream of its own, whatever thread draws it.
    private static int[] Draw(int[] drawn, int seed, int resample)
    {
        ulong state = Mix(((ulong)(uint)seed << 32) | (uint)resample);
        for (int i = 0; i < drawn.Length; i++)
        {
            state += 0x9E3779B97F4A7C15;
            drawn[i] = (int)Math.BigMul(Mix(state), (ulong)drawn.Length, out _);
        }

        return drawn;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
