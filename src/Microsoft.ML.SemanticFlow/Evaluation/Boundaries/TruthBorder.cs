// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>The pixels of the ground truth beside another class: to the left, right, above or below. The edge of the image is no border.</summary>
internal static class TruthBorder
{
    /// <param name="image">The image.</param>
    /// <param name="ignoredIsBorder">Whether a neighbour that does not count is another class.</param>
    /// <returns>The border, in reading order; pixels that do not count are not of it.</returns>
    public static List<PixelRun> Find(in MeasuredImage image, bool ignoredIsBorder)
    {
        var runs = new List<PixelRun>();
        var truth = image.Truth;
        int height = image.Height, width = image.Width;
        for (int y = 0; y < height; y++)
        {
            var row = truth.Slice(y * width, width);
            var above = y > 0 ? truth.Slice((y - 1) * width, width) : row;
            var below = y + 1 < height ? truth.Slice((y + 1) * width, width) : row;
            Look(row, above, below, 0, 0, Math.Min(1, width - 1), runs, y);
            if (width > 2)
            {
                var inner = row[1..^1];
                ReadOnlySpan<byte> left = row[..^2], right = row[2..], up = above[1..^1], down = below[1..^1];
                for (int x = ChangeScan.Next(inner, left, right, up, down, 0); x < inner.Length; x = ChangeScan.Next(inner, left, right, up, down, x + 1))
                    Look(row, above, below, x, x + 1, x + 2, runs, y);
            }

            if (width > 1)
                Look(row, above, below, width - 2, width - 1, width - 1, runs, y);
        }

        return runs;

        void Look(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, int left, int x, int right, List<PixelRun> found, int y)
        {
            byte id = row[x];
            if (id != LabelMap.IgnoreId && (Other(row[left]) || Other(row[right]) || Other(above[x]) || Other(below[x])))
                PixelRun.Append(found, y, x);

            bool Other(byte neighbour) => neighbour != id && (ignoredIsBorder || neighbour != LabelMap.IgnoreId);
        }
    }
}
