// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Tests.Losses;

/// <summary>The losses pixel by pixel, written after their formulas and not after the tensors of the library.</summary>
internal sealed class SlowLosses
{
    private const int Ignored = 255;

    private readonly double[,,,] _scores;
    private readonly int[,,] _labels;

    public SlowLosses(int images, int classes, int height, int width, int seed)
    {
        (Images, Classes, Height, Width) = (images, classes, height, width);
        var random = new Random(seed);
        (_scores, _labels) = (new double[images, classes, height, width], new int[images, height, width]);
        foreach (var (n, y, x) in Pixels())
        {
            for (int k = 0; k < classes; k++)
                _scores[n, k, y, x] = 4 * random.NextDouble() - 2;

            // Blocks of 2 x 2 pixels, so that there are borders and insides; the last class does not occur.
            int block = new Random(seed + 100 * n + 10 * (y / 2) + x / 2).Next(classes);
            _labels[n, y, x] = block == classes - 1 ? Ignored : block;
        }
    }

    public int Images { get; }

    public int Classes { get; }

    public int Height { get; }

    public int Width { get; }

    public double[] Scores => [.. _scores.Cast<double>()];

    public long[] Labels => [.. _labels.Cast<int>().Select(id => (long)id)];

    public IEnumerable<(int N, int Y, int X)> Pixels(int? image = null) =>
        from n in image is { } one ? Enumerable.Range(one, 1) : Enumerable.Range(0, Images)
        from y in Enumerable.Range(0, Height)
        from x in Enumerable.Range(0, Width)
        select (n, y, x);

    public IEnumerable<(int N, int Y, int X)> Counting(int? image = null) => Pixels(image).Where(p => LabelAt(p) != Ignored);

    public double Focal(double gamma, float[] weights) =>
        Counting().Sum(p => weights[LabelAt(p)] * -Math.Pow(1 - Probability(p, LabelAt(p)), gamma) * Math.Log(Probability(p, LabelAt(p))))
        / Counting().Sum(p => weights[LabelAt(p)]);

    public double Dice() => 1 - Occurring().Average(c =>
        2 * Counting().Where(p => LabelAt(p) == c).Sum(p => Probability(p, c)) / (Counting().Sum(p => Probability(p, c)) + Counting().Count(p => LabelAt(p) == c)));

    /// <summary>The Lovász extension by its definition: errors in falling order, each times the growth of the Jaccard loss of the set so far.</summary>
    public double LovaszSoftmax() => Occurring().Average(c =>
    {
        var errors = Counting().Select(p => (Error: Math.Abs((LabelAt(p) == c ? 1 : 0) - Probability(p, c)), IsClass: LabelAt(p) == c)).OrderByDescending(e => e.Error).ToArray();
        return Enumerable.Range(0, errors.Length).Sum(i => errors[i].Error * (Jaccard(i + 1) - Jaccard(i)));

        // The Jaccard loss when the first so many pixels are wrong and all others right.
        double Jaccard(int wrong)
        {
            double truth = errors.Count(e => e.IsClass), missed = errors.Take(wrong).Count(e => e.IsClass);
            return 1 - (truth - missed) / (truth + wrong - missed);
        }
    });

    public double ImageWeighted(double bound, bool overBatch) => Enumerable.Range(0, Images).Sum(n =>
    {
        int? from = overBatch ? null : n;
        double Weight(int c) => Counting(from).Any(p => LabelAt(p) == c) ? 1 + bound * (1 - Counting(from).Count(p => LabelAt(p) == c) / (double)Counting(from).Count()) : 1;
        return Counting(n).Sum(p => Weight(LabelAt(p)) * -Math.Log(Probability(p, LabelAt(p)))) / Counting(n).Sum(p => Weight(LabelAt(p)));
    });

    public double BoundaryRelaxed(int window, double bound, int[] strict, bool hard) => Enumerable.Range(0, Images).Sum(n =>
    {
        // Class Classes stands for ignored pixels and for those outside.
        int[] Asked((int N, int Y, int X) p) => strict.Contains(LabelAt(p))
            ? [LabelAt(p)]
            : [.. (from dy in Enumerable.Range(-window, 2 * window + 1) from dx in Enumerable.Range(-window, 2 * window + 1) select ClassAt(n, p.Y + dy, p.X + dx)).Distinct()];
        bool AtBorder((int N, int Y, int X) p) => new[] { (0, 1), (0, -1), (1, 0), (-1, 0) }
            .Any(d => Inside(p.Y + d.Item1, p.X + d.Item2) && ClassAt(n, p.Y + d.Item1, p.X + d.Item2) != ClassAt(n, p.Y, p.X));
        int Times((int N, int Y, int X) p) => hard && AtBorder(p) ? 2 : 1;
        double Amount(int c) => Pixels(n).Sum(p => Asked(p).Contains(c) ? Times(p) : 0);

        double total = Enumerable.Range(0, Classes + 1).Sum(Amount);
        double Weight(int c) => Amount(c) > 0 ? 1 + bound * (1 - Amount(c) / total) : 1;
        double sum = 0, counting = 0;
        foreach (var p in Pixels(n))
        {
            int[] asked = [.. Asked(p).Where(c => c < Classes)];
            if (asked.Length == 0)
                continue;
            double loss = -Math.Log(asked.Sum(c => Probability(p, c))) * asked.Sum(Weight);
            sum += hard ? loss * asked.Length * Times(p) : loss / asked.Length;
            counting++;
        }

        return sum / (counting + 1);
    });

    private int LabelAt((int N, int Y, int X) p) => _labels[p.N, p.Y, p.X];

    private bool Inside(int y, int x) => y >= 0 && y < Height && x >= 0 && x < Width;

    private int ClassAt(int n, int y, int x) => Inside(y, x) && _labels[n, y, x] != Ignored ? _labels[n, y, x] : Classes;

    private int[] Occurring() => [.. Counting().Select(LabelAt).Distinct()];

    private double Probability((int N, int Y, int X) p, int c) =>
        Math.Exp(_scores[p.N, c, p.Y, p.X]) / Enumerable.Range(0, Classes).Sum(k => Math.Exp(_scores[p.N, k, p.Y, p.X]));
}
