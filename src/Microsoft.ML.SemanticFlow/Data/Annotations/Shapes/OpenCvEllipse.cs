// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>Fills ellipses as OpenCV's ellipse does: as a polygon of steps of some degrees, in 16.16 fixed point.</summary>
internal static class OpenCvEllipse
{
    private const int Shift = 16;
    private const long One = 1 << Shift, Half = One / 2;

    private readonly record struct Point(long X, long Y);

    /// <summary>One of the two chains of edges that run down from the topmost corner.</summary>
    private struct Side
    {
        public int Corner, Step, Bottom;
        public long X, Slope;
    }

    /// <param name="stencil">Takes the pixels.</param>
    /// <param name="x">The centre's column.</param>
    /// <param name="y">The centre's row.</param>
    /// <param name="radiusX">Half the width before it is turned.</param>
    /// <param name="radiusY">Half the height before it is turned.</param>
    /// <param name="degrees">How far it is turned, clockwise.</param>
    public static void Fill(Stencil stencil, int x, int y, int radiusX, int radiusY, int degrees)
    {
        var corners = Corners(x * One, y * One, Math.Abs(radiusX) * One, Math.Abs(radiusY) * One, ((degrees % 360) + 360) % 360);
        for (int i = 0, before = corners.Count - 1; i < corners.Count; before = i++)
            Line(stencil, corners[before], corners[i]);
        if (corners.Count >= 3)
            FillRows(stencil, corners);
    }

    private static List<Point> Corners(long x, long y, double radiusX, double radiusY, int degrees)
    {
        int step = (int)((Math.Max(radiusX, radiusY) + Half) / One) switch { < 3 => 90, < 10 => 30, < 15 => 18, _ => 5 };
        var corners = new List<Point>();
        for (int angle = 0; angle < 360 + step; angle += step)
        {
            double across = radiusX * Sin(90 + Math.Min(angle, 360)), down = radiusY * Sin(Math.Min(angle, 360));
            var corner = new Point(
                (long)Math.Round(x + (across * Sin(90 + degrees)) - (down * Sin(degrees))), (long)Math.Round(
                    y + (across * Sin(degrees)) + (down * Sin(90 + degrees))));
            if (corners.Count == 0 || corner != corners[^1])
                corners.Add(corner);
        }

        return corners;
    }

    // A table of whole degrees with seven decimals.
    private static float Sin(int degrees) => (float)Math.Round(Math.Sin(double.DegreesToRadians(degrees % 360)), 7);

    private static void Line(Stencil stencil, Point start, Point end)
    {
        long across = end.X - start.X, down = end.Y - start.Y;
        bool isFlat = Math.Abs(across) > Math.Abs(down);
        Put(stencil, (end.X + Half) >> Shift, (end.Y + Half) >> Shift);
        if (isFlat ? across < 0 : down < 0)
            (start, end, across, down) = (end, start, -across, -down);
        long slope = isFlat ? down * One / (across | 1) : across * One / (down | 1);
        long column = start.X + Half, row = start.Y + Half, count = isFlat ? (end.X - start.X) >> Shift : (end.Y - start.Y) >> Shift;
        for (; count >= 0; count--)
        {
            Put(stencil, column >> Shift, row >> Shift);
            column += isFlat ? One : slope;
            row += isFlat ? slope : One;
        }
    }

    private static void Put(Stencil stencil, long column, long row) => stencil.Run((int)row, (int)column, (int)column);

    private static void FillRows(Stencil stencil, List<Point> corners)
    {
        int top = 0;
        for (int i = 1; i < corners.Count; i++)
            top = corners[i].Y < corners[top].Y ? i : top;
        int row = RowOf(corners[top]), bottom = Math.Min(RowOf(corners.MaxBy(corner => corner.Y)), stencil.Height - 1), left =
            corners.Count;
        Span<Side> sides = [new Side { Corner = top, Step = 1, Bottom = row, X = -One },
            new Side { Corner = top, Step = corners.Count - 1, Bottom = row, X = -One }];
        for (; row <= bottom; row++)
        {
            foreach (ref var side in sides)
            {
                if (row >= side.Bottom)
                    Turn(ref side, corners, row, ref left);
            }

            long first = Math.Min(sides[0].X, sides[1].X), last = Math.Max(sides[0].X, sides[1].X);
            stencil.Run(row, (int)((first + Half) >> Shift), (int)((last + Half) >> Shift));
            sides[0].X += sides[0].Slope;
            sides[1].X += sides[1].Slope;
        }
    }

    // Goes on to the next edge that reaches below the row.
    private static void Turn(ref Side side, List<Point> corners, int row, ref int left)
    {
        int from = side.Corner, to = (from + side.Step) % corners.Count;
        for (; left > 0; left--, from = to, to = (to + side.Step) % corners.Count)
        {
            int reached = RowOf(corners[to]);
            if (reached <= row)
                continue;
            long rows = reached - row;
            side.Bottom = reached;
            side.Slope = (((corners[to].X - corners[from].X) * 2) + rows) / (2 * rows);
            side.X = corners[from].X;
            side.Corner = to;
            left--;
            return;
        }
    }

    private static int RowOf(Point point) => (int)((point.Y + Half) >> Shift);
}
