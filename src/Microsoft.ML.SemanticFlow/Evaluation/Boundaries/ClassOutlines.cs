// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

/// <summary>The boundary pixels of every class, as DAVIS has them: those whose right, lower or lower right neighbour is on the other side of the class's mask.</summary>
/// <remarks>The last row looks to the right alone, the last column down alone, and the last pixel is no boundary.</remarks>
internal sealed class ClassOutlines
{
    private readonly List<PixelRun>[] _runs;

    /// <param name="ids">Train ids, row by row; 255 is of no class.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="classes">How many classes there are.</param>
    public ClassOutlines(ReadOnlySpan<byte> ids, int height, int width, int classes)
    {
        _runs = [.. Enumerable.Range(0, classes).Select(_ => new List<PixelRun>())];
        for (int y = 0; y < height; y++)
        {
            var row = ids.Slice(y * width, width);
            var below = y + 1 < height ? ids.Slice((y + 1) * width, width) : row;
            ReadOnlySpan<byte> here = row[..^1], right = row[1..], under = below[..^1], corner = below[1..];
            for (int x = ChangeScan.Next(here, right, under, corner, right, 0); x < here.Length; x = ChangeScan.Next(here, right, under, corner, right, x + 1))
            {
                byte a = here[x], b = right[x], c = under[x], d = corner[x];
                Add(a, y, x);
                if (b != a)
                    Add(b, y, x);
                if (c != a && c != b)
                    Add(c, y, x);
                if (d != a && d != b && d != c)
                    Add(d, y, x);
            }

            if (below[^1] != row[^1])
            {
                Add(row[^1], y, width - 1);
                Add(below[^1], y, width - 1);
            }
        }
    }

    /// <summary>The boundary of a class, in reading order.</summary>
    public List<PixelRun> Of(int id) => _runs[id];

    private void Add(byte id, int row, int column)
    {
        if (id < _runs.Length)
            PixelRun.Append(_runs[id], row, column);
    }
}
