// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>One bit a pixel, to paint what lies near other pixels: a row of 64 pixels costs one operation.</summary>
internal sealed class BitRaster
{
    private const int Word = 64;

    private readonly int _height;
    private readonly int _width;
    private readonly int _stride;
    private readonly ulong[] _words;
    private int _top;
    private int _end;

    public BitRaster(int height, int width)
    {
        (_height, _width, _stride) = (height, width, (width + Word - 1) / Word);
        _words = new ulong[(long)height * _stride];
        (_top, _end) = (height, 0);
    }

    /// <summary>Sets every pixel that a footprint around one of the runs reaches. Pixels outside of the image are none.</summary>
    public void Paint(List<PixelRun> runs, ReadOnlySpan<int> reach)
    {
        foreach (var run in runs)
        {
            int last = Math.Min(run.Row + reach.Length - 1, _height - 1);
            for (int row = Math.Max(run.Row - reach.Length + 1, 0); row <= last; row++)
            {
                int side = reach[Math.Abs(row - run.Row)];
                Set(row, Math.Max(run.First - side, 0), Math.Min(run.Last + side, _width - 1));
            }
        }

        if (runs.Count > 0)
            (_top, _end) = (Math.Max(0, Math.Min(_top, runs[0].Row - reach.Length + 1)), Math.Min(_height, Math.Max(_end, runs[^1].Row + reach.Length)));
    }

    /// <summary>How many pixels of the runs are set.</summary>
    public long Count(List<PixelRun> runs)
    {
        long count = 0;
        foreach (var run in runs)
        {
            var (first, last) = (run.First / Word, run.Last / Word);
            var words = Row(run.Row);
            for (int i = first; i <= last; i++)
                count += BitOperations.PopCount(words[i] & Within(i, run.First, run.Last));
        }

        return count;
    }

    /// <summary>The words of a row; pixel x is bit x % 64 of word x / 64.</summary>
    public Span<ulong> Row(int row) => _words.AsSpan(row * _stride, _stride);

    public bool this[int row, int column] => (_words[row * _stride + column / Word] >> (column % Word) & 1) != 0;

    public void Clear()
    {
        if (_top < _end)
            Array.Clear(_words, _top * _stride, (_end - _top) * _stride);
        (_top, _end) = (_height, 0);
    }

    private void Set(int row, int first, int last)
    {
        var words = Row(row);
        int i = first / Word, end = last / Word;
        if (i == end)
        {
            words[i] |= Within(i, first, last);
            return;
        }

        words[i] |= ulong.MaxValue << (first % Word);
        words[(i + 1)..end].Fill(ulong.MaxValue);
        words[end] |= ulong.MaxValue >> (Word - 1 - last % Word);
    }

    // The bits of word i that lie from one column to another.
    private static ulong Within(int i, int first, int last)
    {
        ulong bits = ulong.MaxValue;
        if (first / Word == i)
            bits &= ulong.MaxValue << (first % Word);
        if (last / Word == i)
            bits &= ulong.MaxValue >> (Word - 1 - last % Word);
        return bits;
    }
}
