// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>One source sample's share in a new sample.</summary>
/// <param name="Index">The source sample.</param>
/// <param name="Weight">Its factor.</param>
internal readonly record struct Tap(int Index, double Weight);

/// <summary>A linear map along one axis of an image: which source samples make each new sample, and with which weights.</summary>
/// <remarks>
/// Resizing, mirroring, averaging tiles and blending them are such maps, and one after another is one again. So several steps are worked
/// out once an axis, in double, and then cost a single pass over the values.
/// </remarks>
internal sealed class LinearMap
{
    private readonly int[] _ends;       // where the taps of each new sample end; those of the next begin there
    private readonly Tap[] _taps;

    /// <param name="sourceLength">Samples of the source axis.</param>
    /// <param name="length">Samples of the new axis.</param>
    /// <param name="tapsOf">What makes a new sample; shares of one source sample are added, zeros left out.</param>
    public LinearMap(int sourceLength, int length, Func<int, IEnumerable<Tap>> tapsOf)
    {
        SourceLength = sourceLength;
        _ends = new int[length];
        var taps = new List<Tap>(2 * length);
        for (int i = 0; i < length; i++)
        {
            int first = taps.Count;
            foreach (var tap in tapsOf(i))
                Insert(taps, first, tap);
            _ends[i] = taps.Count;
        }

        _taps = [.. taps];
    }

    private LinearMap(int sourceLength, int[] ends, Tap[] taps) => (SourceLength, _ends, _taps) = (sourceLength, ends, taps);

    public int SourceLength { get; }

    public int Length => _ends.Length;

    /// <summary>The taps of a new sample, in the order of the source.</summary>
    public ArraySegment<Tap> Of(int sample)
    {
        int first = sample == 0 ? 0 : _ends[sample - 1];
        return new ArraySegment<Tap>(_taps, first, _ends[sample] - first);
    }

    /// <summary>Linear interpolation with the corner samples on one another, as torch's <c>align_corners=True</c>.</summary>
    public static LinearMap AlignedCorners(int size, int newSize)
    {
        return new LinearMap(size, newSize, sample =>
        {
            if (size == 1 || newSize == 1)
                return [new Tap(0, 1)];
            var (index, rest) = Math.DivRem((long)sample * (size - 1), newSize - 1);
            return Between((int)index, (double)rest / (newSize - 1), size);
        });
    }

    /// <summary>Linear interpolation with the edges on one another and the border repeated, as OpenCV's <c>INTER_LINEAR</c>: not antialiased.</summary>
    public static LinearMap AlignedEdges(int size, int newSize)
    {
        double step = (double)size / newSize;
        return new LinearMap(size, newSize, sample =>
        {
            double position = Math.Clamp(((sample + 0.5) * step) - 0.5, 0, size - 1);
            return Between((int)position, position - (int)position, size);
        });
    }

    /// <summary>This map and then another.</summary>
    public LinearMap Then(LinearMap next)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(next.SourceLength, Length);
        return new LinearMap(SourceLength, next.Length,
            sample => next.Of(sample).SelectMany(outer => Of(outer.Index).Select(inner => new Tap(inner.Index, inner.Weight * outer.Weight))));
    }

    /// <summary>The same new samples, the last first.</summary>
    public LinearMap Reversed() => new(SourceLength, Length, sample => Of(Length - 1 - sample));

    /// <summary>The same map with all weights times a factor.</summary>
    public LinearMap Times(double factor) => new(SourceLength, _ends, Array.ConvertAll(_taps, tap => tap with { Weight = tap.Weight * factor }));

    private static Tap[] Between(int index, double fraction, int size) =>
        [new Tap(index, 1 - fraction), new Tap(Math.Min(index + 1, size - 1), fraction)];

    private static void Insert(List<Tap> taps, int first, Tap tap)
    {
        if (tap.Weight == 0)
            return;
        int at = taps.Count;
        while (at > first && taps[at - 1].Index > tap.Index)
            at--;
        if (at > first && taps[at - 1].Index == tap.Index)
            CollectionsMarshal.AsSpan(taps)[at - 1] = tap with { Weight = tap.Weight + taps[at - 1].Weight };
        else
            taps.Insert(at, tap);
    }
}
