// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class EvaluateMeasuresTests
{
    [TestMethod]
    public void Evaluate_EveryMeasure_IsSaidAndWritten()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        foreach (string city in new[] { "aachen", "bochum" })
            BrightestChannelModel.SaveImage(folder.Prepare("images", city, "a.png"), 40, 56, seed: 1).Save(folder.Prepare("labels", city, "a.png"));
        string[] command =
        [
            "evaluate", "--model", model, "--images", folder["images"], "--labels", folder["labels"],
            "--boundaries", "--calibration", "--intervals", "--by-folder", "--worst", "1", "--save", folder["evaluation.json"],
        ];

        var said = CommandLine.Run([.. command, "--json", folder["figures.json"]]);
        var written = CommandLine.Run([.. command, "--json", "-"]);

        Assert.AreEqual(ExitCode.Done, said.Code, said.Error);
        foreach (string part in new[] { "mIoU 1.0000 (1.0000 to 1.0000)", "boundary F", "Boundary IoU 1.0000", "ECE", "aachen", "aachen/a.png: mIoU 1.0000. No pixel is wrong." })
            StringAssert.Contains(said.Output, part);
        Assert.IsLessThanOrEqualTo(180, said.Output.Split('\n').Max(line => line.Length));
        using var json = JsonDocument.Parse(written.Output);
        Assert.AreEqual(written.Output.Trim(), File.ReadAllText(folder["figures.json"]).Trim());
        var root = json.RootElement;
        Assert.AreEqual(1.0, root.GetProperty("boundaries").GetProperty("boundaryIoU").GetProperty("mean").GetDouble());
        Assert.AreEqual(0, root.GetProperty("errors").GetProperty("border").GetInt64());
        Assert.AreEqual(15, root.GetProperty("calibration").GetProperty("bins").GetArrayLength());
        Assert.AreEqual(1.0, root.GetProperty("intervals").GetProperty("meanIoU").GetProperty("lower").GetDouble());
        CollectionAssert.AreEqual(
            new[] { "aachen", "bochum" }, root.GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("source").GetString()).ToArray());
        Assert.AreEqual("aachen/a.png", root.GetProperty("images")[0].GetProperty("image").GetString());
        Assert.AreEqual(2, SegmentationEvaluation.Load(folder["evaluation.json"]).ImageCount);
    }

    [TestMethod]
    public void Evaluate_WrongPixels_AreSentences()
    {
        using var data = new TinyDataset();
        string masks = data.At("masks");
        Directory.CreateDirectory(masks);
        foreach (string name in new[] { "0.png", "1.png" })
            new SegmentationMask(TinyDataset.Height, TinyDataset.Width, new byte[TinyDataset.Height * TinyDataset.Width], TinyDataset.Labels).Save(Path.Combine(masks, name));

        var result = CommandLine.Run("evaluate", "--predictions", masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--worst", "2", "--boundaries");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Output, "100.0 % of 'right' is predicted as 'left': ");
        StringAssert.Contains(result.Output, "Not found: 'right'.");
        StringAssert.Contains(result.Output, "wrong pixels: ");
    }

    [TestMethod]
    [DataRow("--calibration", "needs probabilities")]
    [DataRow("--worst", "takes a number from 1 on", "0")]
    [DataRow("--server", "neither --model nor --map", "cityscapes")]
    public void Evaluate_OptionsThatDoNotGoTogether_AreUsage(string option, string expected, params string[] values)
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run(["evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, option, .. values]);

        Assert.AreEqual(ExitCode.Usage, result.Code, result.Error);
        StringAssert.Contains(result.Error, expected);
    }

    [TestMethod]
    public void Evaluate_SaveIntoAFolderThatIsNotThere_IsRefusedBeforeTheWork()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run(
            "evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--save", data.At("none", "evaluation.json"));

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "--save");
    }

    [TestMethod]
    public void Evaluate_Server_WritesTheKeysOfTheOriginal()
    {
        using var folder = new TemporaryFolder();
        SaveCityscapes(folder);

        var table = CommandLine.Run("evaluate", "--server", "cityscapes", "--predictions", folder["results"], "--labels", folder["gtFine"], "--json", folder["figures.json"]);
        var written = CommandLine.Run("evaluate", "--server", "cityscapes", "--predictions", folder["results"], "--labels", folder["gtFine"], "--json", "-");

        Assert.AreEqual(ExitCode.Done, table.Code, table.Error);
        StringAssert.Contains(table.Output, "iIoU");
        using var json = JsonDocument.Parse(written.Output);
        Assert.AreEqual(written.Output.Trim(), File.ReadAllText(folder["figures.json"]).Trim());
        Assert.AreEqual(0.5, json.RootElement.GetProperty("classScores").GetProperty("car").GetDouble()); // two of four pixels
        Assert.AreEqual(1.0, json.RootElement.GetProperty("classScores").GetProperty("road").GetDouble());
        Assert.AreEqual(JsonValueKind.Null, json.RootElement.GetProperty("classScores").GetProperty("sky").ValueKind);
    }

    [TestMethod]
    public void Evaluate_ServerAndTwoPredictionsOfOneImage_IsBadInput()
    {
        using var folder = new TemporaryFolder();
        SaveCityscapes(folder);
        File.Copy(folder["results", "aachen_000000_000019_pred.png"], folder["results", "aachen_000000_000019_other.png"]);

        var result = CommandLine.Run("evaluate", "--server", "cityscapes", "--predictions", folder["results"], "--labels", folder["gtFine"]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "has 2 predictions");
    }

    // A car of four pixels, half of it found and the rest left unlabelled, and a road.
    private static void SaveCityscapes(TemporaryFolder folder)
    {
        new SegmentationMask(1, 6, [26, 26, 26, 26, 7, 7], CityscapesMetrics.Labels).Save(folder.Prepare("gtFine", "aachen", "aachen_000000_000019_gtFine_labelIds.png"));
        new SegmentationMask(1, 6, [26, 26, 0, 0, 7, 7], CityscapesMetrics.Labels).Save(folder.Prepare("results", "aachen_000000_000019_pred.png"));
        var instances = LabelMap.Parse("instances", "name,raw_id,train_id,r,g,b\ncar,26000,0,0,0,0\nroad,7,1,0,0,0\n");
        new SegmentationMask(1, 6, [0, 0, 0, 0, 1, 1], instances).Save(folder.Prepare("gtFine", "aachen", "aachen_000000_000019_gtFine_instanceIds.png"));
    }
}
