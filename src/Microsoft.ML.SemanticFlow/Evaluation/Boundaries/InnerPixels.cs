// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>The pixels that the erosion of their class's mask leaves: all within a chessboard distance are of the class, and inside of the image.</summary>
internal static class InnerPixels
{
    /// <param name="ids">Train ids, row by row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="distance">At least 1.</param>
    /// <returns>For each pixel whether it is left.</returns>
    public static bool[] Find(ReadOnlySpan<byte> ids, int height, int width, int distance)
    {
        bool[] inner = new bool[ids.Length];
        long square = 2L * distance + 1;
        if (square > height || square > width)
            return inner;

        int[] depth = new int[width]; // how many rows in a column, up to this one, are of one class as far as the square is wide
        for (int y = 0; y < height; y++)
        {
            var row = ids.Slice(y * width, width);
            var above = y > 0 ? ids.Slice((y - 1) * width, width) : row;
            var middle = y >= distance ? inner.AsSpan((y - distance) * width, width) : [];
            for (int first = 0; first < width;)
            {
                int length = row[first..].IndexOfAnyExcept(row[first]);
                int end = length < 0 ? width : first + length;
                int from = Math.Min(first + distance, end), to = Math.Max(from, end - distance);
                depth.AsSpan(first, from - first).Clear();
                for (int x = from; x < to; x++)
                    depth[x] = above[x] == row[x] ? depth[x] + 1 : 1;
                depth.AsSpan(to, end - to).Clear();
                if (!middle.IsEmpty)
                {
                    for (int x = from; x < to; x++)
                        middle[x] = depth[x] >= square;
                }

                first = end;
            }
        }

        return inner;
    }
}
