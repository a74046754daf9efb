// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>Fills polygons as Pillow does from 11.2.1 on: what labelme, cityscapesScripts and IDD's scripts paint today.</summary>
/// <remarks>
/// Coordinates are cut toward zero. Every edge belongs to the polygon, with both its ends. Where two slanted edges meet in a corner that
/// sticks out by more than a pixel, the corner is drawn back to one pixel beyond the next row. Time is in proportion to the sum of the
/// edges' heights in the image.
/// </remarks>
internal static class PillowPolygon
{
    private readonly record struct Edge(int X0, int Y0, int X1, int Y1)
    {
        public int Top => Math.Min(Y0, Y1);

        public int Bottom => Math.Max(Y0, Y1);

        public float Slope { get; } = Y0 == Y1 ? 0 : (float)(X1 - X0) / (Y1 - Y0);

        public float At(int row) => ((row - Y0) * Slope) + X0;

        public bool Reaches(int row) => row >= Top && row <= Bottom;
    }

    /// <summary>The first edges at a corner of a row that go on to the row above and below; -1 for none.</summary>
    private record struct Corner(int Above, int Below);

    /// <summary>Draws a polygon.</summary>
    /// <param name="stencil">Takes the pixels.</param>
    /// <param name="points">The vertices: x, y, x, y.</param>
    public static void Fill(Stencil stencil, ReadOnlySpan<double> points)
    {
        var edges = EdgesOf(points);
        var slanted = new List<Edge>(edges.Count);
        int top = stencil.Height - 1, bottom = 0;
        foreach (var edge in edges)
        {
            (top, bottom) = (Math.Min(top, edge.Top), Math.Max(bottom, edge.Bottom));
            if (edge.Y0 == edge.Y1)
                stencil.Run(edge.Y0, Math.Min(edge.X0, edge.X1), Math.Max(edge.X0, edge.X1));
            else
                slanted.Add(edge);
        }

        FillRows(stencil, CollectionsMarshal.AsSpan(slanted), Math.Max(top, 0), Math.Min(bottom, stencil.Height));
    }

    // A horizontal edge that goes on where another one ends is one with it.
    private static List<Edge> EdgesOf(ReadOnlySpan<double> points)
    {
        int count = points.Length / 2;
        var edges = new List<Edge>(count);
        for (int i = 0; i < count - 1; i++)
        {
            var edge = new Edge(X(points, i), Y(points, i), X(points, i + 1), Y(points, i + 1));
            if (i > 0 && edge.Y0 == edge.Y1 && edge.Y0 == Y(points, i - 1)
                && Math.Sign(edge.X1 - edge.X0) is not 0 and var direction && direction == Math.Sign(edge.X0 - X(points, i - 1)))
                edges[^1] = Extended(edges[^1], edge.X1, direction);
            else
                edges.Add(edge);
        }

        if (count > 0 && (X(points, count - 1) != X(points, 0) || Y(points, count - 1) != Y(points, 0)))
            edges.Add(new Edge(X(points, count - 1), Y(points, count - 1), X(points, 0), Y(points, 0)));
        return edges;
    }

    private static Edge Extended(Edge edge, int x, int direction) => direction > 0
        ? new Edge(Math.Min(edge.X0, edge.X1), edge.Y0, x, edge.Y0)
        : new Edge(x, edge.Y0, Math.Max(edge.X0, edge.X1), edge.Y0);

    private static int X(ReadOnlySpan<double> points, int vertex) => (int)points[2 * vertex];

    private static int Y(ReadOnlySpan<double> points, int vertex) => (int)points[(2 * vertex) + 1];

    private static void FillRows(Stencil stencil, ReadOnlySpan<Edge> edges, int top, int bottom)
    {
        var starts = StartsOf(edges, top);
        var active = new List<int>(); // in the order of the edges
        var crossings = new List<float>();
        var corners = new Dictionary<float, Corner>();
        int next = 0;
        for (int row = top; row <= bottom; row++)
        {
            bool isGrown = false;
            for (; next < starts.Length && Math.Max(edges[starts[next]].Top, top) == row; next++, isGrown = true)
                active.Add(starts[next]);
            if (isGrown)
                active.Sort();
            crossings.Clear();
            corners.Clear();
            int kept = 0;
            for (int i = 0; i < active.Count; i++)
            {
                int index = active[i];
                if (edges[index].Bottom < row)
                    continue;
                active[kept++] = index;
                Cross(edges, index, row, bottom, crossings, corners);
            }

            active.RemoveRange(kept, active.Count - kept);
            crossings.Sort();
            for (int i = 1; i < crossings.Count; i += 2)
                stencil.Run(row, Rounding.HalfAway(crossings[i - 1]), Rounding.HalfTowardZero(crossings[i]));
        }
    }

    private static int[] StartsOf(ReadOnlySpan<Edge> edges, int top)
    {
        var starts = new int[edges.Length];
        var keys = new long[edges.Length];
        for (int i = 0; i < edges.Length; i++)
            (starts[i], keys[i]) = (i, ((long)Math.Max(edges[i].Top, top) << 32) + i);
        Array.Sort(keys, starts);
        return starts;
    }

    private static void Cross(
        ReadOnlySpan<Edge> edges, int index, int row, int bottom, List<float> crossings, Dictionary<float, Corner> corners)
    {
        var edge = edges[index];
        float x = edge.At(row);
        bool isEnd = row == edge.Top || row == edge.Bottom;
        if (row == edge.Bottom && row < bottom)
            crossings.Add(x);
        else if (isEnd && edge.Slope != 0)
            x = DrawnBack(edges, edge, x, row, corners);
        crossings.Add(x);
        if (isEnd && edge.Slope != 0)
            Remember(edge, index, row, corners);
    }

    // The earlier edge that makes a corner with this one, and goes on to the same next row.
    private static float DrawnBack(ReadOnlySpan<Edge> edges, Edge edge, float x, int row, Dictionary<float, Corner> corners)
    {
        bool isLast = row == edge.Bottom;
        if (!corners.TryGetValue(MathF.Round(x, MidpointRounding.AwayFromZero), out var corner))
            return x;
        int other = isLast ? corner.Above : corner.Below;
        if (other < 0)
            return x;
        int beside = row + (isLast ? -1 : 1);
        float mine = edge.At(beside), theirs = edges[other].At(beside);
        if (x > mine + 1 && x > theirs + 1)
            return MathF.Round(MathF.Max(mine, theirs), MidpointRounding.AwayFromZero) + 1;
        return x < mine - 1 && x < theirs - 1 ? MathF.Round(MathF.Min(mine, theirs), MidpointRounding.AwayFromZero) - 1 : x;
    }

    private static void Remember(Edge edge, int index, int row, Dictionary<float, Corner> corners)
    {
        ref var corner = ref CollectionsMarshal.GetValueRefOrAddDefault(
            corners, MathF.Round(edge.At(row), MidpointRounding.AwayFromZero), out bool isKnown);
        if (!isKnown)
            corner = new Corner(-1, -1);
        if (corner.Above < 0 && edge.Reaches(row - 1))
            corner.Above = index;
        if (corner.Below < 0 && edge.Reaches(row + 1))
            corner.Below = index;
    }
}
