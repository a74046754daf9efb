// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>Lines of one pixel's width as OpenCV draws them.</summary>
internal static class OpenCvLine
{
    internal record struct Point(long X, long Y);

    public static bool IsInside(Stencil stencil, Point point) => (ulong)point.X < (ulong)stencil.Width
        && (ulong)point.Y < (ulong)stencil.Height;

    /// <summary>Draws a line with both its ends.</summary>
    public static void Draw(Stencil stencil, Point start, Point end, bool isInside)
    {
        if (!Clip(stencil, ref start, ref end))
            return;
        if (end.X < start.X)
            (start, end) = (end, start);
        long across = end.X - start.X, down = Math.Abs(end.Y - start.Y), step = Math.Sign(end.Y - start.Y);
        bool isSteep = down > across;
        var (major, minor) = isSteep ? (down, across) : (across, down);
        long error = major - (2 * minor), x = start.X, y = start.Y;
        for (long i = 0; i <= major; i++)
        {
            stencil.Run((int)y, (int)x, (int)x, isInside);
            bool moves = error < 0;
            error += (moves ? 2 * major : 0) - (2 * minor);
            if (isSteep || moves)
                y += step;
            if (!isSteep || moves)
                x++;
        }
    }

    /// <summary>Moves the ends of a line into the image, first up or down, then to the sides.</summary>
    /// <returns>Whether any of it lies in the image; where not, the ends are anywhere.</returns>
    public static bool Clip(Stencil stencil, ref Point start, ref Point end)
    {
        int right = stencil.Width - 1, bottom = stencil.Height - 1;
        var (first, second) = (Side(start, right, bottom), Side(end, right, bottom));
        if ((first & second) != 0)
            return false;
        if ((first & 12) != 0)
        {
            MoveToRow(ref start, start, end, first < 8 ? 0 : bottom);
            first = Side(start, right, bottom) & 3;
        }

        if ((second & 12) != 0)
        {
            MoveToRow(ref end, start, end, second < 8 ? 0 : bottom);
            second = Side(end, right, bottom) & 3;
        }

        if ((first & second) != 0)
            return false;
        if (first != 0)
            MoveToColumn(ref start, start, end, first == 1 ? 0 : right);
        if (second != 0)
            MoveToColumn(ref end, start, end, second == 1 ? 0 : right);
        return true;
    }

    private static int Side(Point point, int right, int bottom) =>
        (point.X < 0 ? 1 : point.X > right ? 2 : 0) | (point.Y < 0 ? 4 : point.Y > bottom ? 8 : 0);

    private static void MoveToRow(ref Point point, Point start, Point end, int row)
    {
        point.X += (long)((double)(row - point.Y) * (end.X - start.X) / (end.Y - start.Y));
        point.Y = row;
    }

    private static void MoveToColumn(ref Point point, Point start, Point end, int column)
    {
        point.Y += (long)((double)(column - point.X) * (end.Y - start.Y) / (end.X - start.X));
        point.X = column;
    }
}
