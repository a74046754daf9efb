// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

/// <summary>Fills polygons as OpenCV's fillPoly does in 4.13, with whole coordinates: the interior by the even-odd rule, and the
/// outline.</summary>
/// <remarks>Earlier versions differ only for polygons that leave the image. Time is in proportion to the sum of the edges' lengths in
/// it.</remarks>
internal static class OpenCvPolygon
{
    private const int Shift = 16; // of the x values between rows, in fixed point
    private const int One = 1 << Shift;

    /// <param name="Top">The first row.</param>
    /// <param name="Bottom">The row behind the last.</param>
    /// <param name="X">Where it is in the first row.</param>
    /// <param name="Slope">What is added from row to row.</param>
    private readonly record struct Edge(int Top, int Bottom, long X, long Slope);

    /// <summary>Draws rings, which take pixels out of one another.</summary>
    /// <param name="stencil">Takes the pixels.</param>
    /// <param name="rings">The vertices of each: x, y, x, y.</param>
    /// <param name="isInside">False to take the pixels out.</param>
    public static void Fill(Stencil stencil, IReadOnlyList<int[]> rings, bool isInside = true)
    {
        var edges = new List<Edge>();
        foreach (int[] ring in rings)
        {
            int count = ring.Length / 2;
            for (int i = 0, before = count - 1; i < count; before = i++)
                Collect(stencil, new(ring[2 * before], ring[(2 * before) + 1]), new(ring[2 * i], ring[(2 * i) + 1]), edges, isInside);
        }

        FillRows(stencil, edges, isInside);
    }

    private static void Collect(Stencil stencil, OpenCvLine.Point start, OpenCvLine.Point end, List<Edge> edges, bool isInside)
    {
        OpenCvLine.Draw(stencil, start, end, isInside);
        if (start.Y == end.Y)
            return;
        var (first, second) = (start, end);
        if (!OpenCvLine.IsInside(stencil, start) || !OpenCvLine.IsInside(stencil, end))
        {
            OpenCvLine.Clip(stencil, ref first, ref second);
            if (first.Y == second.Y)
                (first.Y, second.Y) = (start.Y, end.Y);
        }

        long slope = ((second.X << Shift) - (first.X << Shift)) / (second.Y - first.Y);
        var (upper, lower, known) = start.Y < end.Y ? (start, end, first) : (end, start, second);
        edges.Add(new Edge((int)upper.Y, (int)lower.Y, (known.X << Shift) + ((upper.Y - known.Y) * slope), slope));
    }

    private static void FillRows(Stencil stencil, List<Edge> edges, bool isInside)
    {
        edges.Sort((a, b) => a.Top.CompareTo(b.Top));
        var active = new List<Edge>();
        var crossings = new List<long>();
        int next = 0, bottom = Math.Min(stencil.Height, edges.Count == 0 ? 0 : edges.Max(edge => edge.Bottom));
        for (int row = edges.Count == 0 ? 0 : Math.Max(0, edges[0].Top); row < bottom; row++)
        {
            for (; next < edges.Count && edges[next].Top <= row; next++)
                active.Add(edges[next]);
            active.RemoveAll(edge => edge.Bottom <= row);
            crossings.Clear();
            foreach (var edge in CollectionsMarshal.AsSpan(active))
                crossings.Add(edge.X + ((row - edge.Top) * edge.Slope));
            crossings.Sort();
            for (int i = 1; i < crossings.Count; i += 2)
            {
                long left = (crossings[i - 1] + One - 1) >> Shift, right = crossings[i] >> Shift;
                stencil.Run(row, (int)Math.Clamp(left, -1, stencil.Width), (int)Math.Clamp(right, -1, stencil.Width), isInside);
            }
        }
    }
}
