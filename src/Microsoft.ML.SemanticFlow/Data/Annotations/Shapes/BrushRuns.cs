// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>Label Studio's brush strokes: runs in a stream of bits, of which every fourth value says whether a pixel is painted.</summary>
internal static class BrushRuns
{
    private const int Channels = 4, Alpha = 3;

    /// <summary>Adds the painted pixels.</summary>
    /// <param name="stencil">Takes the pixels; its size is that of the image.</param>
    /// <param name="bytes">The stream.</param>
    /// <exception cref="InvalidDataException">The stream ends early, or is of another size.</exception>
    public static void Fill(Stencil stencil, ReadOnlySpan<byte> bytes)
    {
        var bits = new BitReader(bytes);
        long count = bits.Read(32), expected = (long)Channels * stencil.Height * stencil.Width;
        if (count != expected)
            throw new InvalidDataException(
                $"is a brush stroke of {count} values, where {stencil.Height} x {stencil.Width} pixels (height x width) have {expected}");
        int wordSize = (int)bits.Read(5) + 1;
        Span<int> lengths = stackalloc int[4];
        for (int i = 0; i < lengths.Length; i++)
            lengths[i] = (int)bits.Read(4) + 1;
        for (long at = 0; at < count;)
        {
            bool isRepeated = bits.Read(1) == 1;
            long end = at + 1 + bits.Read(lengths[(int)bits.Read(2)]);
            if (end > count)
                throw new InvalidDataException($"is a brush stroke that has more values than the {count} it announces");
            if (isRepeated)
            {
                if ((byte)bits.Read(wordSize) != 0)
                    Paint(stencil, at, end);
                at = end;
                continue;
            }

            for (; at < end; at++)
            {
                if ((byte)bits.Read(wordSize) != 0)
                    Paint(stencil, at, at + 1);
            }
        }
    }

    private static void Paint(Stencil stencil, long start, long end)
    {
        for (long pixel = (start - Alpha + Channels - 1) / Channels; (pixel * Channels) + Alpha < end;)
        {
            int row = (int)(pixel / stencil.Width), column = (int)(pixel % stencil.Width);
            long behind = Math.Min((end - Alpha + Channels - 1) / Channels, ((long)row + 1) * stencil.Width);
            stencil.Run(row, column, column + (int)(behind - pixel) - 1);
            pixel = behind;
        }
    }

    private ref struct BitReader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private long _at;

        public long Read(int count)
        {
            long value = 0;
            if (_at + count > 8L * _bytes.Length)
                throw new InvalidDataException($"is a brush stroke that breaks off after {_bytes.Length} bytes");
            for (; count > 0; count--, _at++)
                value = (value << 1) | (uint)((_bytes[(int)(_at >> 3)] >> (7 - (int)(_at & 7))) & 1);
            return value;
        }
    }
}
