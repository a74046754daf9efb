// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Annotations;

/// <summary>What holds of the painters for any polygon.</summary>
[TestClass]
public sealed class PainterPropertyTests
{
    private const int Height = 23, Width = 31;

    private static readonly Gen<double[]> _polygon = Gen.Double[-12, 45].Array[6, 24].Select(numbers => numbers[..(numbers.Length / 2 * 2)]);

    [TestMethod]
    public void ColumnRuns_AnyCounts_SurviveTheirText() => Gen.Long[0, 1L << 31].List[0, 40].Sample(counts =>
        CollectionAssert.AreEqual(counts, ColumnRuns.Decode(ColumnRuns.Encode(counts))));

    [TestMethod]
    public void ColumnRuns_RunsOfAMask_GiveTheMask() => Gen.Bool.Array[Height * Width].Sample(mask =>
    {
        var counts = new List<long> { 0 };
        bool last = false;
        for (int i = 0; i < mask.Length; i++)
        {
            bool cell = mask[(i % Height * Width) + (i / Height)];
            if (cell != last)
                counts.Add(0);
            counts[^1]++;
            last = cell;
        }

        byte[] drawn = Drawn.By(Height, Width, stencil => ColumnRuns.Fill(stencil, counts));

        CollectionAssert.AreEqual(Array.ConvertAll(mask, cell => (byte)(cell ? 1 : 0)), drawn);
    });

    // The original walks along the outline on a grid five times as fine, and looks at every step.
    [TestMethod]
    public void CocoPolygon_AnyPolygon_IsTheOriginalsWalk() => _polygon.Sample(points =>
        CollectionAssert.AreEqual(Walked(points), Drawn.By(Height, Width, stencil => CocoPolygon.Fill(stencil, points))));

    [TestMethod]
    public void Rectangles_WholeCorners_HaveTheAreaOfArithmetic() => Gen.Select(Gen.Int[0, 20], Gen.Int[0, 14], Gen.Int[1, 10], Gen.Int[1, 8]).Sample((left, top, across, down) =>
    {
        double[] corners = [left, top, left + across, top, left + across, top + down, left, top + down];

        Assert.AreEqual(across * down, Drawn.By(Height, Width, stencil => CocoPolygon.Fill(stencil, corners)).Sum(cell => cell));
        Assert.AreEqual((across + 1) * (down + 1), Drawn.By(Height, Width, stencil => PillowPolygon.Fill(stencil, corners)).Sum(cell => cell));
        Assert.AreEqual((across + 1) * (down + 1), Drawn.By(Height, Width, stencil => OpenCvPolygon.Fill(stencil, [Array.ConvertAll(corners, corner => (int)corner)])).Sum(cell => cell));
    });

    // A pixel well inside of a polygon by its winding is painted by each, one well outside by none.
    [TestMethod]
    public void Painters_PolygonInTheImage_AgreeAwayFromTheOutline() =>
        Gen.Double[0, Height - 1].Array[6, 24].Sample(numbers => Compare(numbers[..(numbers.Length / 2 * 2)], withOpenCv: true));

    // OpenCV cuts edges off at the image's border, and goes on from there in whole pixels.
    [TestMethod]
    public void Painters_AnyPolygon_AgreeAwayFromTheOutline() => _polygon.Sample(points => Compare(points, withOpenCv: false));

    private static void Compare(double[] points, bool withOpenCv)
    {
        double[] whole = Array.ConvertAll(points, Math.Truncate);
        byte[] pillow = Drawn.By(Height, Width, stencil => PillowPolygon.Fill(stencil, whole));
        byte[] openCv = !withOpenCv ? pillow : Drawn.By(Height, Width, stencil => OpenCvPolygon.Fill(stencil, [Array.ConvertAll(whole, coordinate => (int)coordinate)]));
        byte[] coco = Drawn.By(Height, Width, stencil => CocoPolygon.Fill(stencil, whole));
        for (int row = 0; row < Height; row++)
        {
            for (int column = 0; column < Width; column++)
            {
                if (DistanceToOutline(whole, column, row) < 2)
                    continue;
                int expected = IsInside(whole, column, row) ? 1 : 0, at = (row * Width) + column;
                Assert.AreEqual((expected, expected, expected), (pillow[at], openCv[at], coco[at]), $"row {row}, column {column}");
            }
        }
    }

    [TestMethod]
    public void Painters_CoordinatesFarOutside_EndSoon()
    {
        double[] huge = [-1 << 24, -1 << 24, 1 << 24, (-1 << 24) + 1, 1 << 24, 1 << 24, -1 << 24, 1 << 24];

        Assert.AreEqual(Height * Width, Drawn.By(Height, Width, stencil => CocoPolygon.Fill(stencil, huge)).Sum(cell => cell));
        Assert.AreEqual(Height * Width, Drawn.By(Height, Width, stencil => PillowPolygon.Fill(stencil, huge)).Sum(cell => cell));
        Assert.AreEqual(Height * Width, Drawn.By(Height, Width, stencil => OpenCvPolygon.Fill(stencil, [Array.ConvertAll(huge, corner => (int)corner)])).Sum(cell => cell));
    }

    private static byte[] Walked(double[] points)
    {
        var steps = new List<(int X, int Y)>();
        for (int i = 0; i < points.Length; i += 2)
        {
            int next = (i + 2) % points.Length;
            int x0 = (int)((5 * points[i]) + 0.5), y0 = (int)((5 * points[i + 1]) + 0.5), x1 = (int)((5 * points[next]) + 0.5), y1 = (int)((5 * points[next + 1]) + 0.5);
            int across = Math.Abs(x1 - x0), down = Math.Abs(y1 - y0);
            bool isFlat = across >= down, isFlipped = isFlat ? x0 > x1 : y0 > y1;
            if (isFlipped)
                (x0, y0, x1, y1) = (x1, y1, x0, y0);
            var edge = Enumerable.Range(0, Math.Max(across, down) + 1).Select(t => isFlat
                ? (t + x0, across == 0 ? y0 : (int)(y0 + ((double)(y1 - y0) / across * t) + 0.5))
                : ((int)(x0 + ((double)(x1 - x0) / down * t) + 0.5), t + y0));
            steps.AddRange(isFlipped ? edge.Reverse() : edge);
        }

        var turns = new List<int>();
        foreach (var (before, now) in steps.Zip(steps.Skip(1)))
        {
            double column = ((Math.Min(before.X, now.X) + 0.5) / 5) - 0.5;
            if (before.X != now.X && column == Math.Floor(column) && column >= 0 && column <= Width - 1)
                turns.Add(((int)column * Height) + (int)Math.Ceiling(Math.Clamp(((Math.Min(before.Y, now.Y) + 0.5) / 5) - 0.5, 0, Height)));
        }

        var ids = new byte[Height * Width];
        for (int i = 0; i < ids.Length; i++)
            ids[(i % Height * Width) + (i / Height)] = (byte)(turns.Count(turn => turn <= i) % 2);
        return ids;
    }

    private static bool IsInside(double[] points, double x, double y)
    {
        bool isInside = false;
        for (int i = 0, before = points.Length - 2; i < points.Length; before = i, i += 2)
        {
            if ((points[i + 1] > y) != (points[before + 1] > y) && x < ((points[before] - points[i]) * (y - points[i + 1]) / (points[before + 1] - points[i + 1])) + points[i])
                isInside = !isInside;
        }

        return isInside;
    }

    private static double DistanceToOutline(double[] points, double x, double y)
    {
        double least = double.MaxValue;
        for (int i = 0, before = points.Length - 2; i < points.Length; before = i, i += 2)
        {
            double dx = points[i] - points[before], dy = points[i + 1] - points[before + 1], length = (dx * dx) + (dy * dy);
            double t = length == 0 ? 0 : Math.Clamp((((x - points[before]) * dx) + ((y - points[before + 1]) * dy)) / length, 0, 1);
            least = Math.Min(least, double.Hypot(x - points[before] - (t * dx), y - points[before + 1] - (t * dy)));
        }

        return least;
    }
}
