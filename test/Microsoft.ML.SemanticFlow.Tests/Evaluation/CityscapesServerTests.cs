// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class CityscapesServerTests
{
    private static readonly string _labels = GoldenMetrics.Find("cityscapes", "gtFine", "val");

    [TestMethod]
    public void Save_OfGoldenFolders_HasTheOriginalsKeysAndNumbers()
    {
        var golden = GoldenMetrics.Json("cityscapes", "expected.json");

        var evaluation = CityscapesServer.Evaluate(_labels, GoldenMetrics.Find("cityscapes", "results"));

        using var stream = new MemoryStream();
        new CityscapesMetrics(evaluation).Save(stream);
        using var json = JsonDocument.Parse(stream.ToArray());
        var actual = json.RootElement;
        CollectionAssert.AreEqual(
            golden.EnumerateObject().Select(property => property.Name).Where(name => name != "images").Order().ToArray(), // which files were paired
            actual.EnumerateObject().Select(property => property.Name).Order().ToArray());
        foreach (var expected in golden.EnumerateObject().Where(property => property.Name != "images"))
            Same(expected.Value, actual.GetProperty(expected.Name), expected.Name);
    }

    [TestMethod]
    public void CityscapesMetrics_OfGoldenFolders_AreTheOriginals()
    {
        var golden = GoldenMetrics.Json("cityscapes", "expected.json");

        var metrics = new CityscapesMetrics(CityscapesServer.Evaluate(_labels, GoldenMetrics.Find("cityscapes", "results"), workers: 1));

        GoldenMetrics.AreEqual(golden.GetProperty("averageScoreClasses"), metrics.MeanClassIoU, "IoU of classes");
        GoldenMetrics.AreEqual(golden.GetProperty("averageScoreInstClasses"), metrics.MeanClassInstanceIoU, "iIoU of classes");
        GoldenMetrics.AreEqual(golden.GetProperty("averageScoreCategories"), metrics.MeanCategoryIoU, "IoU of categories");
        GoldenMetrics.AreEqual(golden.GetProperty("averageScoreInstCategories"), metrics.MeanCategoryInstanceIoU, "iIoU of categories");
    }

    [TestMethod]
    public void Evaluate_GoldenFolders_PairsByCitySequenceAndFrame()
    {
        var evaluation = CityscapesServer.Evaluate(_labels, GoldenMetrics.Find("cityscapes", "results"));

        CollectionAssert.AreEqual(
            GoldenMetrics.Json("cityscapes", "expected.json").GetProperty("images").EnumerateArray()
                .Select(image => Path.GetRelativePath("results", image.GetProperty("prediction").GetString()!)).ToArray(),
            evaluation.Images.Select(image => image.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "frankfurt", "lindau", "munster" }, evaluation.Sources.Select(source => source.Source).ToArray());
    }

    [TestMethod]
    public void Save_TwoHalves_IsTheWholeBitForBit()
    {
        string results = GoldenMetrics.Find("cityscapes", "results");
        var whole = CityscapesServer.Evaluate(_labels, results);
        var sum = CityscapesServer.Evaluate(Path.Combine(_labels, "munster"), results);
        sum.Add(CityscapesServer.Evaluate(Path.Combine(_labels, "frankfurt"), results));
        sum.Add(CityscapesServer.Evaluate(Path.Combine(_labels, "lindau"), results));

        CollectionAssert.AreEqual(DrawnImage.Save(whole), DrawnImage.Save(sum));
        CollectionAssert.AreEqual(DrawnImage.Save(whole), DrawnImage.Save(DrawnImage.Load(DrawnImage.Save(whole))));
    }

    [TestMethod]
    public void Evaluate_TwoPredictionsOfOneImage_SaysSo()
    {
        using var results = Copy();
        File.Copy(results["lindau_000002_000356_leftImg8bit.png"], results["lindau_000002_000356_second.png"]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => CityscapesServer.Evaluate(_labels, results.Root));

        StringAssert.Contains(error.Message, "has 2 predictions");
    }

    [TestMethod]
    public void Evaluate_PredictionMissing_SaysWhatWasExpected()
    {
        using var results = Copy();
        File.Delete(results["lindau_000002_000356_leftImg8bit.png"]);

        var error = Assert.ThrowsExactly<FileNotFoundException>(() => CityscapesServer.Evaluate(_labels, results.Root));

        StringAssert.Contains(error.Message, "expected one file 'lindau_000002_000356*.png'");
    }

    [TestMethod]
    [DataRow(255, "holds id 255 at row 0, column 1; the Cityscapes server takes 0 to 33")]
    [DataRow(34, "34")]
    public void Evaluate_IdThatTheServerLacks_SaysWhere(int id, string expected)
    {
        using var results = Copy();
        string file = results["lindau_000002_000356_leftImg8bit.png"];
        var png = PngIndexReader.Read(file);
        byte[] ids = [.. png.Samples];
        ids[1] = (byte)id;
        using (var stream = File.Create(file))
            PngIndexWriter.WriteGray(stream, ids, png.Height, png.Width);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => CityscapesServer.Evaluate(_labels, results.Root));

        StringAssert.Contains(error.Message, expected);
        Assert.DoesNotContain('\n', error.Message);
    }

    [TestMethod]
    public void Evaluate_NoGroundTruth_SaysWhatToName()
    {
        using var empty = new TemporaryFolder();

        var error = Assert.ThrowsExactly<InvalidDataException>(() => CityscapesServer.Evaluate(empty.Root, empty.Root));

        StringAssert.Contains(error.Message, "_gtFine_labelIds.png");
    }

    [TestMethod]
    public void CityscapesMetrics_OfOtherEvaluation_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new CityscapesMetrics(new SegmentationEvaluation(CityscapesMetrics.Labels)));
        Assert.ThrowsExactly<ArgumentException>(() => new SegmentationEvaluation(LabelMaps.Cityscapes, new SegmentationEvaluationOptions { CityscapesInstances = true }));
    }

    [TestMethod]
    public void CityscapesMetrics_SmallInstanceMissed_WeighsAsMuchAsALarge()
    {
        var evaluation = new SegmentationEvaluation(CityscapesMetrics.Labels, new SegmentationEvaluationOptions { CityscapesInstances = true });
        // Two cars: one of three pixels found, one of a single pixel predicted as a caravan, which is of the same category and not evaluated.
        evaluation.Add(
            new SegmentationMask(1, 5, [26, 26, 26, 26, 7]), new SegmentationMask(1, 5, [26, 26, 26, 29, 7]),
            evidence: new SegmentationEvidence { Instances = new[] { 26000, 26001, 26001, 26002, 7 } });

        var metrics = new CityscapesMetrics(evaluation);

        // 26000 is no more than 1000 x 26, and an instance all the same: only ids up to 1000 are groups.
        Assert.AreEqual(2 / 3.0, metrics.ClassInstanceIoU["car"], 1e-9);
        Assert.AreEqual(3 / 4.0, metrics.ClassIoU["car"]);
        Assert.AreEqual(1, metrics.CategoryInstanceIoU["vehicle"], 1e-9);
        Assert.IsTrue(double.IsNaN(metrics.ClassInstanceIoU["road"]));
    }

    private static TemporaryFolder Copy()
    {
        var folder = new TemporaryFolder();
        string results = GoldenMetrics.Find("cityscapes", "results");
        foreach (string file in Directory.EnumerateFiles(results, "*", SearchOption.AllDirectories))
            File.Copy(file, folder[Path.GetFileName(file)]);
        return folder;
    }

    private static void Same(JsonElement expected, JsonElement actual, string what)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.AreEqual(expected.EnumerateObject().Count(), actual.EnumerateObject().Count(), what);
                foreach (var property in expected.EnumerateObject())
                    Same(property.Value, actual.GetProperty(property.Name), $"{what}.{property.Name}");
                break;
            case JsonValueKind.Array:
                Assert.AreEqual(expected.GetArrayLength(), actual.GetArrayLength(), what);
                foreach (var (i, item) in expected.EnumerateArray().Index())
                    Same(item, actual[i], $"{what}[{i}]");
                break;
            case JsonValueKind.String:
                Assert.AreEqual(JsonValueKind.Null, actual.ValueKind, what); // NaN
                break;
            default:
                Assert.AreEqual(expected.GetDouble(), actual.GetDouble(), GoldenMetrics.Tolerance, what);
                break;
        }
    }
}
