// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Numerics.Tensors;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Lines along the borders of classes.</summary>
internal static class MaskContours
{
    /// <summary>Paints the pixels that have another id near by.</summary>
    /// <param name="image">The picture, of the mask's size.</param>
    /// <param name="ids">One id for each of its pixels.</param>
    /// <param name="width">Pixels across the line: a border has width / 2 of them on each side, and for an odd width one more above and to the left of it.</param>
    /// <param name="colorOf">The colour of a line on pixels of an id; those of id 255 stay as they are.</param>
    /// <remarks>
    /// A pixel is on a line when the ids in the square around it differ, from width / 2 rows above to (width + 1) / 2 below it and the same to its left
    /// and right: when the least of them is not the largest.
    /// </remarks>
    public static void Draw(PixelImage image, ReadOnlySpan<byte> ids, int width, Func<byte, RgbColor> colorOf)
    {
        int rows = image.Height, columns = image.Width, before = width / 2, after = (width + 1) / 2;
        byte[] rented = ArrayPool<byte>.Shared.Rent(checked((2 * ids.Length) + (2 * columns)));
        Span<byte> least = rented.AsSpan(0, ids.Length), largest = rented.AsSpan(ids.Length, ids.Length);
        Span<byte> low = rented.AsSpan(2 * ids.Length, columns), high = rented.AsSpan((2 * ids.Length) + columns, columns);
        Span<RgbColor> colors = stackalloc RgbColor[LabelMap.IgnoreId];
        for (int id = 0; id < colors.Length; id++)
            colors[id] = colorOf((byte)id);

        for (int row = 0; row < rows; row++)
        {
            var line = ids.Slice(row * columns, columns);
            Span<byte> min = least.Slice(row * columns, columns), max = largest.Slice(row * columns, columns);
            line.CopyTo(min);
            line.CopyTo(max);
            for (int step = -Math.Min(before, columns - 1); step <= Math.Min(after, columns - 1); step++)
            {
                int from = Math.Max(0, -step), count = columns - Math.Abs(step);
                var moved = line.Slice(from + step, count);
                TensorPrimitives.Min(min.Slice(from, count), moved, min.Slice(from, count));
                TensorPrimitives.Max(max.Slice(from, count), moved, max.Slice(from, count));
            }
        }

        var pixels = image.Bgra;
        for (int row = 0; row < rows; row++)
        {
            int last = Math.Min(rows - 1, row + after);
            low.Fill(byte.MaxValue);
            high.Clear();
            for (int other = Math.Max(0, row - before); other <= last; other++)
            {
                TensorPrimitives.Min(low, least.Slice(other * columns, columns), low);
                TensorPrimitives.Max(high, largest.Slice(other * columns, columns), high);
            }

            for (int column = 0; column < columns; column++)
            {
                byte id = ids[(row * columns) + column];
                if (low[column] == high[column] || id == LabelMap.IgnoreId)
                    continue;
                var pixel = pixels.Slice(((row * columns) + column) * 4, 4);
                (pixel[0], pixel[1], pixel[2], pixel[3]) = (colors[id].B, colors[id].G, colors[id].R, 255);
            }
        }

        ArrayPool<byte>.Shared.Return(rented);
    }
}
