// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Reports;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Reports;

[TestClass]
public sealed class PredictionPageTests
{
    private static readonly LabelMap _labels = LabelMap.FromClassNames("three", "sky", "<b>road</b>", "car & van");

    // Three pixels of sky, road and sky. Over the sky: (0.5 + 0.8) / 2 of sky, (0.3 + 0.2) / 2 of road, (0.2 + 0) / 2 of cars.
    [TestMethod]
    public void SaveReport_Prediction_WritesTheNumbersThatArithmeticGives()
    {
        using var folder = new TemporaryFolder();
        var prediction = Prediction(new SegmentationFlow([3, 0], [4, 0], 1, 2, 1, 3));

        prediction.SaveReport(folder["page.html"], "A <page>");

        using var json = JsonDocument.Parse(File.ReadAllBytes(folder["page.json"]));
        var root = json.RootElement;
        Assert.AreEqual((0.5 + 0.45 + 0.8) / 3, root.GetProperty("meanConfidence").GetDouble(), 1e-6);
        Assert.AreEqual(1 / 3.0, root.GetProperty("unsureShare").GetDouble(), 1e-12);
        var sky = root.GetProperty("classes")[0];
        Assert.AreEqual(("sky", 2), (sky.GetProperty("name").GetString(), sky.GetProperty("pixels").GetInt32()));
        Assert.AreEqual(0.65, sky.GetProperty("meanConfidence").GetDouble(), 1e-6);
        var road = sky.GetProperty("confusedWith")[0];
        Assert.AreEqual(("<b>road</b>", 2), (road.GetProperty("name").GetString(), road.GetProperty("secondPixels").GetInt32()));
        Assert.AreEqual(0.25, road.GetProperty("meanProbability").GetDouble(), 1e-6);
        Assert.AreEqual("car & van", root.GetProperty("classes")[1].GetProperty("confusedWith")[0].GetProperty("name").GetString());
        Assert.AreEqual(2.5, root.GetProperty("flow").GetProperty("meanVector").GetDouble(), 1e-6);
        Assert.AreEqual(5, root.GetProperty("flow").GetProperty("longestVector").GetDouble(), 1e-6);
    }

    [TestMethod]
    public void SaveReport_Prediction_WritesAPageThatLoadsNothing()
    {
        using var folder = new TemporaryFolder();

        Prediction(flow: null).SaveReport(folder["page.html"], "A <page>");

        string html = File.ReadAllText(folder["page.html"]);
        StringAssert.Contains(html, "default-src 'none'");
        StringAssert.Contains(html, "<h1><bdi>A &lt;page&gt;</bdi></h1>");
        StringAssert.Contains(html, "&lt;b&gt;road&lt;/b&gt;");
        StringAssert.Contains(html, "car &amp; van");
        StringAssert.Contains(html, "This network has no flow field");
        Assert.DoesNotContain("<b>road", html);
        Assert.DoesNotContain("http", html.Replace("http-equiv", "", StringComparison.Ordinal));
        Assert.HasCount(6 + 1, html.Split("<img alt=\""));
    }

    [TestMethod]
    public void SaveReport_NameOfTheNumbers_IsRefused() =>
        Assert.ThrowsExactly<ArgumentException>(() => Prediction(flow: null).SaveReport("page.json"));

    [TestMethod]
    public void SaveReport_WithoutProbabilities_SaysWhatToAskFor()
    {
        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => new SegmentationPrediction(new SegmentationMask(1, 1, [0]), null, null, null).SaveReport("page.html"));

        Assert.AreEqual("The prediction was made without PredictionDetails.Probabilities. Ask for it when predicting.", thrown.Message);
    }

    [TestMethod]
    [DataRow(1, false, 1)]
    [DataRow(240, false, 240)]
    [DataRow(241, false, 240)]
    [DataRow(1_000, false, 240)]
    [DataRow(1_000_003, false, 240)]
    [DataRow(1_000_003, true, 400)]
    public void Shows_ManyImages_TakesAsManyAsItHoldsEvenly(int total, bool isPage, int expected)
    {
        var sheet = new ContactSheet(total, isPage, new MaskPainterOptions());

        int[] shown = [.. Enumerable.Range(0, total).Where(sheet.Shows)];

        Assert.AreEqual(expected, sheet.Count);
        Assert.HasCount(expected, shown);
        Assert.AreEqual(0, shown[0]);
        int widest = shown.Append(total).Zip(shown.Skip(1).Append(total), (a, b) => b - a).Max();
        Assert.IsLessThanOrEqualTo((total + expected - 1) / expected, widest);
    }

    private static SegmentationPrediction Prediction(SegmentationFlow? flow) => new(
        new SegmentationMask(1, 3, [0, 1, 0], _labels), null, [0.5f, 0.25f, 0.8f, 0.3f, 0.45f, 0.2f, 0.2f, 0.3f, 0], new PixelImage(1, 3), flow);
}
