// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class EvaluateTests
{
    [TestMethod]
    public void Evaluate_PredictionsEqualToTheLabels_GivesOne()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--json", "-");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual(1.0, json.RootElement.GetProperty("meanIoU").GetDouble());
        Assert.Contains("each mask is compared with itself", result.Error);
        Assert.AreEqual("left", json.RootElement.GetProperty("classes")[0].GetProperty("name").GetString());
    }

    [TestMethod]
    public void Evaluate_Model_CountsWhatItPredicts()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        var truth = BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        var ids = truth.Ids.ToArray();
        int wrong = ids.Count(id => id == 2);
        new SegmentationMask(40, 56, ids.Select(id => id == 2 ? (byte)1 : id).ToArray(), BrightestChannelModel.Labels).Save(folder.Prepare("labels", "a.png"));

        var result = CommandLine.Run("evaluate", "--model", model, "--images", folder["images"], "--labels", folder["labels"], "--json", "-");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var classes = json.RootElement.GetProperty("classes");
        Assert.AreEqual(1.0, classes[0].GetProperty("iou").GetDouble());
        Assert.AreEqual((double)ids.Count(id => id == 1) / (ids.Count(id => id == 1) + wrong), classes[1].GetProperty("iou").GetDouble(), 1e-12); // both are one division
        Assert.AreEqual(0.0, classes[2].GetProperty("iou").GetDouble());
    }

    [TestMethod]
    public void Evaluate_BlackAndWhiteLabels_SaysHowToRead255()
    {
        using var folder = new TemporaryFolder();
        SaveLabel(folder, [.. new byte[8], .. Enumerable.Repeat((byte)255, 8)]);

        var result = CommandLine.Run("evaluate", "--predictions", folder["labels"], "--labels", folder["labels"], "--map", "background,object");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Error, "warning: No label has a pixel of 'object'.");
        StringAssert.Contains(result.Error, "raw_id 255");
    }

    [TestMethod]
    public void Evaluate_EveryPixelIgnored_IsBadInput()
    {
        using var folder = new TemporaryFolder();
        SaveLabel(folder, [.. Enumerable.Repeat((byte)255, 16)]);

        var result = CommandLine.Run("evaluate", "--predictions", folder["labels"], "--labels", folder["labels"], "--map", "background,object");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        StringAssert.Contains(result.Error, "No pixel of the labels counts");
    }

    [TestMethod]
    public void Evaluate_Scales_CountsWhatTheMeanPredicts()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 70, 90, seed: 1);
        using (var segmenter = SegmentationModel.Load(model))
            segmenter.Predict(folder["images", "a.png"], new InferenceOptions { Scales = [0.5], Flip = true }).Save(folder.Prepare("labels", "a.png"));

        var result = CommandLine.Run("evaluate", "--model", model, "--images", folder["images"], "--labels", folder["labels"], "--json", "-", "--scales", "0.5", "--flip");
        var once = CommandLine.Run("evaluate", "--model", model, "--images", folder["images"], "--labels", folder["labels"], "--json", "-");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        using var other = JsonDocument.Parse(once.Output);
        Assert.AreEqual(1.0, json.RootElement.GetProperty("pixelAccuracy").GetDouble());
        Assert.IsLessThan(1.0, other.RootElement.GetProperty("pixelAccuracy").GetDouble());
    }

    [TestMethod]
    public void Evaluate_Table_NamesTheClasses()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--json", data.At("figures.json"));

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Output, "left");
        StringAssert.Contains(result.Output, "1.0000");
        Assert.IsTrue(File.Exists(data.At("figures.json")));
        Assert.IsFalse(result.Output.Contains('\u001b', StringComparison.Ordinal));
        Assert.IsFalse(result.Error.Contains('\u001b', StringComparison.Ordinal));
    }

    [TestMethod]
    public void Evaluate_LabelFileMissing_NamesIt()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        folder.Prepare("labels", "a.png");

        var result = CommandLine.Run("evaluate", "--model", model, "--images", folder["images"], "--labels", folder["labels"]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, folder["labels", "a.png"]);
    }

    [TestMethod]
    public void Evaluate_PredictionMissing_NamesIt()
    {
        using var data = new TinyDataset();
        Directory.CreateDirectory(data.At("none"));

        var result = CommandLine.Run("evaluate", "--predictions", data.At("none"), "--labels", data.Masks, "--map", TinyDataset.Map);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, Path.Combine(data.At("none"), "0.png"));
    }

    [TestMethod]
    public void Evaluate_SizesDiffer_NamesBothFilesAndSizes()
    {
        using var data = new TinyDataset();
        Directory.CreateDirectory(data.At("other"));
        foreach (string name in (string[])["0.png", "1.png"])
            new SegmentationMask(32, 32, new byte[32 * 32], TinyDataset.Labels).Save(data.At("other", name));

        var result = CommandLine.Run("evaluate", "--predictions", data.At("other"), "--labels", data.Masks, "--map", TinyDataset.Map);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "32 x 32");
        StringAssert.Contains(result.Sentence, $"{TinyDataset.Height} x {TinyDataset.Width}");
    }

    [TestMethod]
    [DataRow("blue,green,red", ExitCode.Done, "")]
    [DataRow(
        "green,blue,red", ExitCode.BadInput,
        "and --map have the same classes in another order: class 0 is 'blue' in the first and 'green' in the second. Use the map that the model was trained with.")]
    [DataRow("blue,green,rouge", ExitCode.BadInput, "calls class 2 'red', --map calls it 'rouge'.")]
    [DataRow("blue,green", ExitCode.BadInput, "has 3 classes, --map has 2: class 2 is 'red' in the first and missing in the second.")]
    public void Evaluate_MapOfOtherClassesThanTheModels_IsRefused(string map, int code, string sentence)
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        var truth = BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        truth.Save(folder.Prepare("labels", "a.png"));

        var result = CommandLine.Run("evaluate", "--model", model, "--images", folder["images"], "--labels", folder["labels"], "--map", map);

        Assert.AreEqual(code, result.Code, result.Error);
        StringAssert.Contains(result.Error, sentence);
    }

    [TestMethod]
    public void Evaluate_LabelIdOutsideTheMap_NamesFileAndId()
    {
        using var data = new TinyDataset();
        var ids = new byte[TinyDataset.Height * TinyDataset.Width];
        ids[TinyDataset.Width + 3] = 7;
        new SegmentationMask(TinyDataset.Height, TinyDataset.Width, ids).Save(data.At("val", "labels", "0.png"), MaskIds.Train);

        var result = CommandLine.Run("evaluate", "--predictions", data.TrainLabels, "--labels", data.Masks, "--map", TinyDataset.Map);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "0.png");
        StringAssert.Contains(result.Sentence, "7");
    }

    [TestMethod]
    public void Evaluate_ModelIsNoModel_SaysSo()
    {
        using var data = new TinyDataset();
        File.WriteAllText(data.At("model.onnx"), "This is no model.");

        var result = CommandLine.Run("evaluate", "--model", data.At("model.onnx"), "--images", data.Images, "--labels", data.Masks);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "model.onnx");
    }

    // 4 x 4 pixels.
    private static void SaveLabel(TemporaryFolder folder, byte[] ids) =>
        new SegmentationMask(4, 4, ids, LabelMap.FromClassNames("two", "background", "object")).Save(folder.Prepare("labels", "a.png"));
}
