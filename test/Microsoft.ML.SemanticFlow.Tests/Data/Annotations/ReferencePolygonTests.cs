// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Data.Annotations.Shapes;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data.Annotations;

/// <summary>Sixty polygons that Pillow 12.3.0, COCO's maskApi and OpenCV 4.13.0 filled.</summary>
[TestClass]
public sealed class ReferencePolygonTests
{
    [TestMethod]
    public void PillowPolygon_Reference_IsEqualToPillow12() => ForEach((polygon, height, width) =>
    {
        byte[] ids = Drawn.By(height, width, stencil =>
        {
            var rings = Rings(polygon);
            PillowPolygon.Fill(stencil, rings[0]);
            foreach (double[] hole in rings.Skip(1))
                Hole(stencil, hole, height, width);
        });

        return (Newest(polygon, "pillow_12_3_0", "pillow_9_4_0"), ids);
    });

    [TestMethod]
    public void CocoPolygon_Reference_IsEqualToMaskApi() => ForEach((polygon, height, width) =>
    {
        byte[] ids = Drawn.By(height, width, stencil => Rings(polygon).ForEach(ring => CocoPolygon.Fill(stencil, ring)));

        return (polygon.GetProperty("coco"), ids);
    });

    [TestMethod]
    public void ColumnRuns_ReferenceCountsAndText_AreTheMask() => ForEach((polygon, height, width) =>
    {
        long[] counts = [.. polygon.GetProperty("coco_counts").Integers()];
        string text = polygon.GetProperty("coco_string").GetString()!;

        byte[] ids = Drawn.By(height, width, stencil => ColumnRuns.Fill(stencil, ColumnRuns.Decode(text)));

        CollectionAssert.AreEqual(counts, ColumnRuns.Decode(text));
        Assert.AreEqual(text, ColumnRuns.Encode(counts));
        return (polygon.GetProperty("coco"), ids);
    });

    [TestMethod]
    public void OpenCvPolygon_Reference_IsEqualToOpenCv413() => ForEach((polygon, height, width) =>
    {
        byte[] ids = Drawn.By(height, width, stencil => OpenCvPolygon.Fill(stencil, [.. Rings(polygon).Select(Truncated)]));

        return (Newest(polygon, "cv2_4_13_0", "cv2_trunc"), ids);
    });

    [TestMethod]
    public void OpenCvPolygon_ReferenceWithHoles_GivesTheirRimsToTheHoles() => ForEach((polygon, height, width) =>
    {
        if (!polygon.TryGetProperty("cv2_outer_then_holes", out var expected))
            return null;

        byte[] ids = Drawn.By(height, width, stencil =>
        {
            int[][] rings = [.. Rings(polygon).Select(Truncated)];
            OpenCvPolygon.Fill(stencil, [rings[0]]);
            OpenCvPolygon.Fill(stencil, rings[1..], isInside: false);
        });

        return (expected, ids);
    });

    private static void ForEach(Func<JsonElement, int, int, (JsonElement Expected, byte[] Actual)?> draw)
    {
        int compared = 0;
        using var polygons = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "polygons.json"))); // golden/annotations/polygons
        foreach (var polygon in polygons.RootElement.GetProperty("polygons").EnumerateArray())
        {
            int height = polygon.GetProperty("height").GetInt32(), width = polygon.GetProperty("width").GetInt32();
            if (draw(polygon, height, width) is not var (expected, actual))
                continue;
            PixelAssert.AreEqual(Drawn.OfRuns(expected, height * width), actual, width, channels: 1, $"polygon {polygon.GetProperty("id")}");
            compared++;
        }

        Assert.IsGreaterThan(0, compared);
    }

    private static JsonElement Newest(JsonElement polygon, string newer, string older) =>
        polygon.GetProperty(newer) is { ValueKind: JsonValueKind.Array } runs ? runs : polygon.GetProperty(older);

    private static List<double[]> Rings(JsonElement polygon) => [.. polygon.GetProperty("rings").EnumerateArray().Select(ring => ring.Numbers())];

    private static int[] Truncated(double[] ring) => Array.ConvertAll(ring, coordinate => (int)(float)coordinate);

    // Pillow fills a hole with 0; no format has holes that Pillow fills.
    private static void Hole(Stencil stencil, double[] ring, int height, int width)
    {
        byte[] hole = Drawn.By(height, width, inner => PillowPolygon.Fill(inner, ring));
        for (int i = 0; i < hole.Length; i++)
        {
            if (hole[i] == 1)
                stencil.Run(i / width, i % width, i % width, isInside: false);
        }
    }
}
