// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class ReportTests
{
    [TestMethod]
    public void Evaluate_ReportOfAModel_ShowsItsImagesAndTheCommand()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        foreach (var (i, name) in new[] { "a", "b" }.Index())
            BrightestChannelModel.SaveImage(folder.Prepare("images", "city", $"{name}.png"), 40, 56, seed: i).Save(folder.Prepare("labels", "city", $"{name}.png"));

        var result = CommandLine.Run("evaluate", "--model", model, "--images", folder["images"], "--labels", folder["labels"], "--report", folder["r.html"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Error, $"The page is '{folder["r.html"]}'");
        var page = PageText.Parse(File.ReadAllText(folder["r.html"]));
        Assert.AreEqual("brightest-channel on 2 images of channels", page.Descendants("h1").Single().Value);
        Assert.HasCount(2 * 5, page.Descendants("image").ToArray()); // image, ground truth, prediction, errors, confidence
        CollectionAssert.AreEquivalent(new[] { "city/a.png", "city/b.png" }, page.Descendants("h4").Select(name => name.Value).ToArray());
        StringAssert.Contains(page.Descendants("code").Single().Value, $"semanticflow evaluate --model {model}");
        using var json = JsonDocument.Parse(File.ReadAllBytes(folder["r.json"]));
        Assert.AreEqual(1.0, json.RootElement.GetProperty("figures").GetProperty("meanIoU").GetDouble());
        Assert.AreEqual("city/a.png", json.RootElement.GetProperty("evaluation").GetProperty("images")[0].GetProperty("name").GetString());
    }

    [TestMethod]
    public void Evaluate_ReportOfPredictions_HasNoPhotographs()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--report", data.At("r.html"));

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        var page = PageText.Parse(File.ReadAllText(data.At("r.html")));
        Assert.HasCount(2 * 3, page.Descendants("image").ToArray()); // ground truth, prediction, errors
    }

    [TestMethod]
    [DataRow("r.json", "r2.json", "Let it end in .html")]
    [DataRow("r.html", "r.json", "would be written twice")]
    public void Evaluate_ReportWhoseNumbersHaveNoPlace_IsUsage(string report, string json, string sentence)
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run(
            "evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--report", data.At(report), "--json", data.At(json));

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, sentence);
    }

    [TestMethod]
    public void Evaluate_ReportInNoFolder_IsSaidBeforeTheWork()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--report", data.At("none", "r.html"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "there is no folder");
    }

    [TestMethod]
    public void Compare_TwoEvaluations_SaysWhatTheSecondHasMore()
    {
        using var data = new TinyDataset();
        foreach (string name in (string[])["0.png", "1.png"])
        {
            var truth = SegmentationMask.Load(data.At("val", "labels", name), TinyDataset.Labels);
            byte[] ids = truth.Ids.ToArray();
            if (name == "0.png")
                ids.AsSpan(0, 10 * TinyDataset.Width).Clear();
            Directory.CreateDirectory(data.At("worse"));
            new SegmentationMask(TinyDataset.Height, TinyDataset.Width, ids, TinyDataset.Labels).Save(data.At("worse", name));
        }

        Evaluate(data, data.At("worse"), "a.html");
        Evaluate(data, data.Masks, "b.html");

        var result = CommandLine.Run("compare", data.At("a.html"), data.At("b.json"), "--report", data.At("c.html"));
        var asJson = CommandLine.Run("compare", data.At("a.html"), data.At("b.json"), "--json", "-");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Output, "2 images in both: 1 better in B, 0 worse");
        var page = PageText.Parse(File.ReadAllText(data.At("c.html")));
        StringAssert.Contains(page.Value, "Of 2 images that both counted, 1 are better in B and 0 worse.");
        using var json = JsonDocument.Parse(asJson.Output);
        double before = json.RootElement.GetProperty("a").GetProperty("meanIoU").GetDouble();
        Assert.AreEqual(1.0, json.RootElement.GetProperty("b").GetProperty("meanIoU").GetDouble());
        Assert.AreEqual(1 - before, json.RootElement.GetProperty("meanIoUDifference").GetDouble(), 1e-12);
        Assert.IsLessThan(1.0, before);
        Assert.IsTrue(result.Output.Split('\n').All(line => line.Length <= 80), result.Output);
    }

    [TestMethod]
    public void Compare_OtherClasses_IsBadInput()
    {
        using var data = new TinyDataset();
        Evaluate(data, data.Masks, "a.html");
        Evaluate(data, data.Masks, "b.html", "left,other");

        var result = CommandLine.Run("compare", data.At("a.html"), data.At("b.html"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "Compare evaluations of one label map.");
    }

    [TestMethod]
    public void Compare_PageWithoutItsNumbers_SaysWhichAreMissing()
    {
        using var data = new TinyDataset();
        Evaluate(data, data.Masks, "a.html");
        File.Delete(data.At("a.json"));

        var result = CommandLine.Run("compare", data.At("a.html"), data.At("a.html"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "a.json");
    }

    [TestMethod]
    public void Compare_FileOfSomethingElse_IsBadInput()
    {
        using var data = new TinyDataset();
        File.WriteAllText(data.At("a.json"), "{}");

        var result = CommandLine.Run("compare", data.At("a.json"), data.At("a.json"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "holds neither the numbers of a report nor a saved evaluation");
    }

    private static void Evaluate(TinyDataset data, string predictions, string report, string map = TinyDataset.Map)
    {
        var result = CommandLine.Run("evaluate", "--predictions", predictions, "--labels", data.Masks, "--map", map, "--report", data.At(report));
        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
    }
}
