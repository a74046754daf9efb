// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>The pixels of one object: shapes are drawn into it, and it is painted onto class ids. Reused from object to object.</summary>
internal sealed class Stencil
{
    private byte[] _cells = [];

    // The box that may hold anything; the rest is clear.
    private int _top = int.MaxValue, _bottom = -1, _left, _right;

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Columns.</summary>
    public int Width { get; private set; }

    /// <summary>Takes a size, with nothing drawn.</summary>
    public void Resize(int height, int width)
    {
        Clear();
        (Height, Width) = (height, width);
        if (_cells.Length < height * width)
            _cells = new byte[height * width];
        ResetBox();
    }

    /// <summary>Forgets what is drawn.</summary>
    public void Clear()
    {
        for (int row = _top; row <= _bottom; row++)
            RowOf(row).Clear();
        ResetBox();
    }

    /// <summary>Draws a run of a row; what lies outside is cut off.</summary>
    /// <param name="row">The row.</param>
    /// <param name="left">The first column.</param>
    /// <param name="right">The last column.</param>
    /// <param name="isInside">False to take the pixels out.</param>
    public void Run(int row, int left, int right, bool isInside = true)
    {
        (left, right) = (Math.Max(left, 0), Math.Min(right, Width - 1));
        if ((uint)row >= (uint)Height || left > right)
            return;
        Include(row, row, left, right);
        _cells.AsSpan((row * Width) + left, right - left + 1).Fill(isInside ? (byte)1 : (byte)0);
    }

    /// <summary>Draws a run of a column; it lies in the image.</summary>
    public void ColumnRun(int column, int top, int end)
    {
        if (top >= end)
            return;
        Include(top, end - 1, column, column);
        for (int at = (top * Width) + column, last = ((end - 1) * Width) + column; at <= last; at += Width)
            _cells[at] = 1;
    }

    /// <summary>How many pixels are drawn.</summary>
    public int Count()
    {
        int count = 0;
        for (int row = _top; row <= _bottom; row++)
        {
            foreach (byte cell in RowOf(row))
                count += cell;
        }

        return count;
    }

    /// <summary>Gives an id to the pixels that are drawn.</summary>
    /// <param name="ids">Ids of the image, row by row.</param>
    /// <param name="id">The id.</param>
    public void Paint(Span<byte> ids, byte id)
    {
        for (int row = _top; row <= _bottom; row++)
        {
            var cells = RowOf(row);
            var target = ids.Slice((row * Width) + _left, cells.Length);
            for (int at = 0; at < cells.Length;)
            {
                int start = cells[at..].IndexOf((byte)1);
                if (start < 0)
                    break;
                at += start;
                int length = cells[at..].IndexOf((byte)0);
                length = length < 0 ? cells.Length - at : length;
                target.Slice(at, length).Fill(id);
                at += length;
            }
        }
    }

    private Span<byte> RowOf(int row) => _cells.AsSpan((row * Width) + _left, _right - _left + 1);

    private void ResetBox() => (_top, _bottom, _left, _right) = (int.MaxValue, -1, int.MaxValue, -1);

    private void Include(int top, int bottom, int left, int right) =>
        (_top, _bottom, _left, _right) = (Math.Min(_top, top), Math.Max(_bottom, bottom), Math.Min(_left, left), Math.Max(_right, right));
}
