// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>Fills polygons as COCO's maskApi.c does (<c>rleFrPoly</c>): a vertex lies between pixels, whose edges are whole
/// numbers.</summary>
/// <remarks>
/// The outline is walked on a grid five times as fine. Each column is entered or left where the walk passes its middle, so only those
/// places are looked at: time is in proportion to the columns that the edges cross in the image.
/// </remarks>
internal static class CocoPolygon
{
    private const int Scale = 5;
    private const int Middle = 2; // of a column's five, the one that the walk leaves when it passes the middle

    /// <summary>Adds a polygon.</summary>
    /// <param name="stencil">Takes the pixels.</param>
    /// <param name="points">The vertices: x, y, x, y.</param>
    public static void Fill(Stencil stencil, ReadOnlySpan<double> points)
    {
        var turns = new List<int>();
        int count = points.Length / 2;
        for (int i = 0; i < count; i++)
        {
            int next = i + 1 == count ? 0 : i + 1;
            Walk(stencil, Fine(points[2 * i]), Fine(points[(2 * i) + 1]), Fine(points[2 * next]), Fine(points[(2 * next) + 1]), turns);
        }

        turns.Sort();
        turns.Add(stencil.Height * stencil.Width);
        for (int i = 0; i + 1 < turns.Count; i += 2)
            ColumnRuns.Fill(stencil, turns[i], turns[i + 1]);
    }

    private static int Fine(double coordinate) => (int)((Scale * coordinate) + 0.5);

    private static void Walk(Stencil stencil, int x0, int y0, int x1, int y1, List<int> turns)
    {
        bool isFlat = Math.Abs(x1 - x0) >= Math.Abs(y1 - y0);
        if (isFlat ? x0 > x1 : y0 > y1)
            (x0, y0, x1, y1) = (x1, y1, x0, y0);
        if (x0 == x1)
            return;
        int first = Math.Max(0, ((Math.Min(x0, x1) - Middle + Scale - 1) / Scale) - 1);
        int last = Math.Min(stencil.Width - 1, (Math.Max(x0, x1) - Middle) / Scale);
        double slope = isFlat ? (double)(y1 - y0) / (x1 - x0) : (double)(x1 - x0) / (y1 - y0);
        for (int column = first; column <= last; column++)
        {
            int left = (column * Scale) + Middle;
            int? row = isFlat ? OfFlat(left, x0, y0, x1, slope) : OfSteep(left, x0, y0, y1, slope);
            if (row is { } fine)
                turns.Add((column * stencil.Height) + RowOf(fine, stencil.Height));
        }
    }

    // The walk takes every x: the upper of the two points on both sides of the middle.
    private static int? OfFlat(int left, int x0, int y0, int x1, double slope) => left < x0 || left >= x1
        ? null
        : Math.Min((int)(y0 + (slope * (left - x0)) + 0.5), (int)(y0 + (slope * (left + 1 - x0)) + 0.5));

    // The walk takes every y: the point before the first on the other side of the middle.
    private static int? OfSteep(int left, int x0, int y0, int y1, double slope)
    {
        int length = y1 - y0;
        double guess = (left + 0.5 - x0) / slope;
        if (!(guess > -2 && guess < length + 2.0))
            return null;
        int step = Math.Max(0, (int)guess);
        while (step > 0 && IsBeyond(step))
            step--;
        while (step <= length && !IsBeyond(step))
            step++;
        return step > length || step == 0 ? null : y0 + step - 1;

        bool IsBeyond(int at)
        {
            int x = (int)(x0 + (slope * at) + 0.5);
            return slope > 0 ? x > left : x <= left;
        }
    }

    private static int RowOf(int fine, int height) => (int)Math.Ceiling(Math.Clamp(((fine + 0.5) / Scale) - 0.5, 0, height));
}
