// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Which source samples make each sample of a resized axis, and with which weights; Pillow's, to the last bit.</summary>
internal readonly struct ResamplingWeights : IDisposable
{
    /// <summary>Bits after the point of a weight: 8 are left for a sample, and 2 for sums past it.</summary>
    public const int FractionBits = 32 - 8 - 2;

    // Starts, counts, then weights by sample; rented, since there may be many and every crop has its own.
    private readonly int[] _values;
    private readonly int _count;
    private readonly int _taps;

    /// <param name="size">Samples of the source axis.</param>
    /// <param name="newSize">Samples of the whole resized axis.</param>
    /// <param name="first">The first sample of it that is wanted.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="filter">Bilinear or bicubic.</param>
    public ResamplingWeights(int size, int newSize, int first, int count, ResamplingFilter filter)
    {
        double scale = (double)size / newSize;
        double stretch = Math.Max(scale, 1);
        double support = (filter == ResamplingFilter.Bicubic ? 2 : 1) * stretch;
        double shrink = 1 / stretch;
        _taps = (int)Math.Ceiling(support) * 2 + 1;
        _count = count;
        _values = ArrayPool<int>.Shared.Rent(checked(count * (2 + _taps)));

        var exact = _taps <= 64 ? stackalloc double[_taps] : new double[_taps];
        for (int i = 0; i < count; i++)
        {
            double center = (first + i + 0.5) * scale;
            int start = Math.Max((int)(center - support + 0.5), 0);
            int taps = Math.Min((int)(center + support + 0.5), size) - start;
            double sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                exact[tap] = Evaluate(filter, (tap + start - center + 0.5) * shrink);
                sum += exact[tap];
            }

            for (int tap = 0; tap < taps; tap++)
            {
                double weight = (sum != 0 ? exact[tap] / sum : exact[tap]) * (1 << FractionBits);
                _values[2 * count + i * _taps + tap] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            (_values[i], _values[count + i]) = (start, taps);
        }
    }

    /// <summary>The first source sample of a wanted sample.</summary>
    public int Start(int index) => _values[index];

    /// <summary>The source sample after the last of a wanted sample.</summary>
    public int End(int index) => _values[index] + _values[_count + index];

    /// <summary>The weights of the source samples from <see cref="Start"/> on, in units of 2^-22.</summary>
    public ReadOnlySpan<int> Of(int index) => _values.AsSpan(2 * _count + index * _taps, _values[_count + index]);

    public void Dispose() => ArrayPool<int>.Shared.Return(_values);

    private static double Evaluate(ResamplingFilter filter, double x)
    {
        x = Math.Abs(x);
        if (filter == ResamplingFilter.Bilinear)
            return x < 1 ? 1 - x : 0;
        const double a = -0.5;
        return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1
            : x < 2 ? (((x - 5) * x + 8) * x - 4) * a
            : 0;
    }
}
