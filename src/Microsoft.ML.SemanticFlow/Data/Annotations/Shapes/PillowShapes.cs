// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>Ellipses and wide lines as Pillow draws them.</summary>
internal static class PillowShapes
{
    /// <summary>Draws a rectangle with both its corners, in any order.</summary>
    public static void Rectangle(Stencil stencil, ReadOnlySpan<double> corners)
    {
        int left = (int)Math.Min(corners[0], corners[2]), right = (int)Math.Max(corners[0], corners[2]);
        int top = Math.Max(0, (int)Math.Min(corners[1], corners[3]));
        int bottom = Math.Min(stencil.Height - 1, (int)Math.Max(corners[1], corners[3]));
        for (int row = top; row <= bottom; row++)
            stencil.Run(row, left, right);
    }

    /// <summary>Draws a filled circle.</summary>
    public static void Circle(Stencil stencil, double x, double y, double radius) =>
        Ellipse(stencil, (int)(x - radius), (int)(y - radius), (int)(x + radius), (int)(y + radius), (row, left, right) =>
            stencil.Run(row, left, right));

    /// <summary>Draws lines of ten pixels' width through points, with round corners between them.</summary>
    public static void Lines(Stencil stencil, ReadOnlySpan<double> points)
    {
        const int Width = 10;
        for (int i = 2; i + 1 < points.Length; i += 2)
            Line(stencil, points.Slice(i - 2, 4), Width);
        for (int i = 2; i + 3 < points.Length; i += 2)
            Joint(stencil, points.Slice(i - 2, 6), Width);
    }

    // Both ends are the nearest whole pixels on the two sides of the line.
    private static void Line(Stencil stencil, ReadOnlySpan<double> ends, int width)
    {
        int x0 = (int)ends[0], y0 = (int)ends[1], x1 = (int)ends[2], y1 = (int)ends[3], across = x1 - x0, down = y1 - y0;
        if (across == 0 && down == 0)
        {
            stencil.Run(y0, x0, x0);
            return;
        }

        double length = Math.Sqrt(((double)across * across) + ((double)down * down)), half = (width - 1) / 2.0;
        double most = Rounding.HalfAway(half) / length, least = Rounding.HalfTowardZero(half) / length;
        int left = Rounding.HalfTowardZero(least * down), right = Rounding.HalfTowardZero(most * down);
        int upper = Rounding.HalfTowardZero(least * across), lower = Rounding.HalfTowardZero(most * across);
        PillowPolygon.Fill(stencil, [x0 - left, y0 + lower, x1 - left, y1 + lower, x1 + right, y1 - upper, x0 + right, y0 - upper]);
    }

    // A slice of a circle on the outer side, and two thin lines along its edges.
    private static void Joint(Stencil stencil, ReadOnlySpan<double> points, int width)
    {
        double before = Bearing(points[..4]), after = Bearing(points[2..]), x = points[2], y = points[3];
        if (before == after)
            return;
        bool isFlipped = (after > before && after - 180 > before) || (after < before && after + 180 > before);
        var (start, end) = isFlipped ? (after + 90, before + 90) : (before - 90, after - 90);
        double radius = (width / 2.0) - 1;
        Slice(stencil, x, y, radius, start - 90, end - 90);
        int side = isFlipped ? 90 : -90;
        var (firstX, firstY) = Rim(before + side);
        var (secondX, secondY) = Rim(after + side);
        Line(stencil, [firstX, firstY, x, y], width: 3);
        Line(stencil, [x, y, secondX, secondY], width: 3);

        (double X, double Y) Rim(double angle)
        {
            double turned = double.DegreesToRadians(angle - 90);
            return (x + Math.Truncate(radius * Math.Cos(turned)), y + Math.Truncate(radius * Math.Sin(turned)));
        }
    }

    private static double Bearing(ReadOnlySpan<double> line)
    {
        double degrees = double.RadiansToDegrees(Math.Atan2(line[2] - line[0], line[1] - line[3])) % 360;
        return degrees < 0 ? degrees + 360 : degrees;
    }

    private static void Slice(Stencil stencil, double x, double y, double radius, double start, double end)
    {
        int left = (int)(x - radius), top = (int)(y - radius), right = (int)(x + radius), bottom = (int)(y + radius);
        double range = (((end - start) % 360) + 360) % 360;
        var (firstX, firstY) = (Math.Cos(double.DegreesToRadians(start)), Math.Sin(double.DegreesToRadians(start)));
        var (lastX, lastY) = (Math.Cos(double.DegreesToRadians(end)), Math.Sin(double.DegreesToRadians(end)));
        Ellipse(stencil, left, top, right, bottom, (row, from, to) =>
        {
            for (int column = from; column <= to; column++)
            {
                double dx = (2 * column) - left - right, dy = (2 * row) - top - bottom;
                bool isPastStart = (firstX * dy) - (firstY * dx) >= 0, isBeforeEnd = (lastX * dy) - (lastY * dx) <= 0;
                if (range < 180 ? isPastStart && isBeforeEnd : isPastStart || isBeforeEnd)
                    stencil.Run(row, column, column);
            }
        });
    }

    // The rim is followed on a grid of half pixels, always to the neighbour that lies nearest to the ellipse.
    private static void Ellipse(Stencil stencil, int left, int top, int right, int bottom, Action<int, int, int> run)
    {
        int across = right - left, down = bottom - top;
        if (across < 0 || down < 0)
            return;
        Int128 a2 = (Int128)across * across, b2 = (Int128)down * down;
        int x = across, y = down % 2, painted = -1;
        while (true)
        {
            if (y != painted)
            {
                painted = y;
                int from = left + ((across - x) / 2), to = left + ((across + x) / 2);
                run(top + ((down - y) / 2), from, to);
                if (y != 0)
                    run(top + ((down + y) / 2), from, to);
            }

            if (x == across % 2 && y == down)
                return;
            var (nextX, nextY) = (x, y + 2);
            if (x > 1)
            {
                if (Distance(x - 2, y + 2) < Distance(nextX, nextY))
                    (nextX, nextY) = (x - 2, y + 2);
                if (Distance(x - 2, y) < Distance(nextX, nextY))
                    (nextX, nextY) = (x - 2, y);
            }

            (x, y) = (nextX, nextY);
        }

        Int128 Distance(int atX, int atY) => Int128.Abs((a2 * atY * atY) + (b2 * atX * atX) - (a2 * b2));
    }
}
