// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics.Tensors;

namespace Microsoft.ML.SemanticFlow.Quantization;

/// <summary>A histogram of the values that a tensor takes, gathered in one pass over any number of images.</summary>
/// <remarks>
/// The bins lie on both sides of 0, and their width is a power of two. A value that lies outside of all bins doubles the width: each two
/// neighbours become one bin. So the order of the images does not change the counts.
/// </remarks>
internal sealed class ActivationHistogram
{
    private const int Half = 2048;                          // bins on each side of 0
    private const int Levels = 256;                         // values of a byte
    private const int Candidates = 64;                      // how many ranges are compared

    private readonly long[] _counts = new long[2 * Half];
    private long _zeros;                                    // exactly 0, as a ReLU makes them
    private float _width;                                   // 0 until a value other than 0 is added

    /// <summary>The lowest value.</summary>
    public float Low { get; private set; } = float.PositiveInfinity;

    /// <summary>The highest value.</summary>
    public float High { get; private set; } = float.NegativeInfinity;

    public long Total { get; private set; }

    /// <exception cref="InvalidDataException">A value is not a finite number.</exception>
    public void Add(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
            return;
        float low = TensorPrimitives.Min(values), high = TensorPrimitives.Max(values);
        if (!float.IsFinite(low) || !float.IsFinite(high))
            throw new InvalidDataException(
                "The network computes values that are not numbers, or infinite ones, so it cannot be quantized. Its training diverged: train again with a lower learning rate.");
        (Low, High) = (Math.Min(Low, low), Math.Max(High, high));
        Total += values.Length;
        Reach(Math.Max(Math.Abs(low), Math.Abs(high)));
        if (_width == 0)
        {
            _counts[Half] += values.Length;
            _zeros += values.Length;
            return;
        }

        float inverse = 1 / _width;                         // exact: a power of two
        foreach (float value in values)
        {
            _counts[Math.Min((int)((value * inverse) + Half), _counts.Length - 1)]++;
            _zeros += value == 0 ? 1 : 0;
        }
    }

    /// <summary>From the lowest value to the highest.</summary>
    public ActivationRange Whole() => Total == 0 ? default : new ActivationRange(Low, High);

    /// <summary>The range without the rarest values at each end.</summary>
    /// <param name="share">The share of the values that may lie beyond each end, in [0, 1).</param>
    public ActivationRange Without(double share)
    {
        if (Total == 0 || _width == 0)
            return Whole();
        double most = share * Total;
        int first = 0, last = _counts.Length - 1;
        for (long beyond = _counts[first]; beyond <= most && first < last; beyond += _counts[first])
            first++;
        for (long beyond = _counts[last]; beyond <= most && last > first; beyond += _counts[last])
            last--;
        return new ActivationRange(Math.Max(Low, Edge(first)), Math.Min(High, Edge(last + 1)));
    }

    /// <summary>The range that changes the distribution of the values least when it is cut into 256 steps, by Kullback-Leibler divergence.</summary>
    /// <remarks>
    /// Ranges from 1/64 of the whole to the whole are compared. Values outside a range are counted at its nearer end. Values of exactly 0 are
    /// not counted: every range represents them exactly, and after a ReLU they are so many that the narrowest range would always be chosen.
    /// </remarks>
    public ActivationRange OfLeastDivergence()
    {
        if (Total == _zeros)
            return Whole();
        var best = Whole();
        double least = double.PositiveInfinity;
        for (int step = Candidates; step > 0; step--)
        {
            double share = (double)step / Candidates;
            int first = Half + (int)Math.Floor(Math.Min(Low, 0) * share / _width), last = Half + (int)Math.Ceiling(Math.Max(High, 0) * share / _width) - 1;
            if (last - first + 1 < Levels)
                break;                                      // a step needs at least one bin
            double divergence = Divergence(Math.Max(first, 0), Math.Min(last, _counts.Length - 1));
            if (divergence < least)
                (least, best) = (divergence, new ActivationRange(Math.Max(Low, Edge(first)), Math.Min(High, Edge(last + 1))));
        }

        return best;
    }

    private double Edge(int bin) => (double)(bin - Half) * _width;

    // Makes the bins so wide that they hold a value at this distance from 0.
    private void Reach(float distance)
    {
        if (distance == 0 || distance < _width * Half)
            return;
        float width = _width == 0 ? MathF.ScaleB(1, Math.Max(MathF.ILogB(distance / Half), -100)) : _width;
        while (distance >= width * Half)
            width *= 2;
        if (_width == 0)
        {
            _width = width;
            return;
        }

        for (; _width < width; _width *= 2)
        {
            // Outwards from 0, so that no bin is read after it was written.
            for (int i = 0; i < Half; i++)
            {
                bool inside = i < Half / 2;
                _counts[Half + i] = inside ? _counts[Half + (2 * i)] + _counts[Half + (2 * i) + 1] : 0;
                _counts[Half - 1 - i] = inside ? _counts[Half - 1 - (2 * i)] + _counts[Half - 2 - (2 * i)] : 0;
            }
        }
    }

    // Kullback-Leibler divergence between the counts of the bins first to last, with all outside added at the ends, and the same counts in 256 steps.
    private double Divergence(int first, int last)
    {
        int bins = last - first + 1;
        long below = 0, above = 0;
        for (int i = 0; i < first; i++)
            below += _counts[i];
        for (int i = last + 1; i < _counts.Length; i++)
            above += _counts[i];
        long Count(int bin) => bin == Half ? _counts[bin] - _zeros : _counts[bin];

        double divergence = 0;
        for (int level = 0; level < Levels; level++)
        {
            int start = first + (int)((long)level * bins / Levels), end = first + (int)((long)(level + 1) * bins / Levels);
            long inside = 0, outside = (level == 0 ? below : 0) + (level == Levels - 1 ? above : 0);
            int filled = 0;
            for (int i = start; i < end; i++)
            {
                inside += Count(i);
                filled += Count(i) > 0 ? 1 : 0;
            }

            if (inside + outside == 0)
                continue;
            double spread = Math.Max((double)inside / Math.Max(filled, 1), 1e-9); // of the values in range, evenly over the bins that had any
            for (int i = start; i < end; i++)
            {
                long count = Count(i) + (i == first ? below : 0) + (i == last ? above : 0);
                if (count > 0)
                    divergence += count * Math.Log(count / spread);
            }
        }

        // The counts of the range alone, which the steps spread out, are fewer than the total.
        double total = Total - _zeros, kept = total - below - above;
        return kept > 0 ? (divergence / total) + Math.Log(kept / total) : double.PositiveInfinity;
    }
}
