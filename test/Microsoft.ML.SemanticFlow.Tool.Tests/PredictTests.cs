// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class PredictTests
{
    [TestMethod]
    public void Predict_Folder_WritesEveryMaskUnderItsName()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        var first = BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        var second = BrightestChannelModel.SaveImage(folder.Prepare("images", "deep", "b.png"), 33, 64, seed: 2);

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["masks"], "--overlay", "--color", "--json");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual(2, json.RootElement.GetProperty("written").GetInt32());
        CollectionAssert.AreEqual(first.Ids.ToArray(), SegmentationMask.Load(folder["masks", "a.png"], BrightestChannelModel.Labels).Ids.ToArray());
        CollectionAssert.AreEqual(second.Ids.ToArray(), SegmentationMask.Load(folder["masks", "deep", "b.png"], BrightestChannelModel.Labels).Ids.ToArray());
        Assert.IsTrue(File.Exists(folder["masks", "a-overlay.png"]));
        Assert.IsTrue(File.Exists(folder["masks", "deep", "b-color.png"]));
    }

    [TestMethod]
    public void Predict_Confidence_IsGrayBesideTheMask()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        var truth = BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["masks"], "--confidence");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(folder["masks", "a.png"], BrightestChannelModel.Labels).Ids.ToArray());
        // The logits are the channels, and the brightest is at least 10 above the others: e^-10 twice is below half a gray value.
        using var gray = MLImage.CreateFromFile(folder["masks", "a-confidence.png"]);
        Assert.AreEqual((40, 56), (gray.Height, gray.Width));
        Assert.IsFalse(gray.Pixels.ContainsAnyExcept((byte)255));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Predict_FastJpeg_GivesTheMaskOfTheLibrary(bool zip)
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"), side: 64);
        BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 140, 160, seed: 1);
        using (var image = MLImage.CreateFromFile(folder["a.png"]))
            image.Save(folder.Prepare("images", "a.jpg"));
        using var fast = SegmentationModel.Load(model, new ExecutionOptions { ReducedDecoding = true });
        var expected = fast.Predict(folder["images", "a.jpg"]);
        var slow = fast.OpenSession(new ExecutionOptions()).Predict(folder["images", "a.jpg"]);
        var ml = new MLContext();
        var data = ml.SemanticSegmentation.Data.Folder(folder["images"]);
        using var pipeline = ml.Transforms.LoadImages("Image", null, "ImagePath").Append(ml.Transforms.SemanticFlow(model)).Fit(data);
        ml.Model.Save(pipeline, data.Schema, folder["model.zip"]);

        var result = CommandLine.Run("predict", "--model", zip ? folder["model.zip"] : model, "--images", folder["images"], "--output", folder["masks"], "--fast-jpeg");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        var actual = SegmentationMask.Load(folder["masks", "a.png"], BrightestChannelModel.Labels);
        Assert.AreEqual((140, 160), (actual.Height, actual.Width));
        CollectionAssert.AreEqual(expected.Ids.ToArray(), actual.Ids.ToArray());
        CollectionAssert.AreNotEqual(slow.Ids.ToArray(), actual.Ids.ToArray()); // noise: the option made a difference
    }

    [TestMethod]
    public void Predict_TrainIds_AreWrittenAsSuch()
    {
        using var folder = new TemporaryFolder();
        var labels = LabelMap.Parse("shifted", "name,raw_id,train_id,r,g,b\nblue,7,0,0,0,255\ngreen,8,1,0,255,0\nred,9,2,255,0,0\n");
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"), labels);
        var truth = BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 40, 56, seed: 1);

        var raw = CommandLine.Run("predict", "--model", model, "--images", folder["a.png"], "--output", folder["raw"]);
        var train = CommandLine.Run("predict", "--model", model, "--images", folder["a.png"], "--output", folder["train"], "--ids", "train");

        Assert.AreEqual(ExitCode.Done, raw.Code, raw.Error);
        Assert.AreEqual(ExitCode.Done, train.Code, train.Error);
        CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(folder["raw", "a.png"], labels, MaskIds.Raw).Ids.ToArray());
        CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(folder["train", "a.png"], labels, MaskIds.Train).Ids.ToArray());
    }

    [TestMethod]
    public void Predict_MirroredInTiles_GivesTheMaskOfOnePass()
    {
        // Each pixel of the model has scores of its own, so tiles and mirroring change nothing.
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        var truth = BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 70, 90, seed: 1);

        var result = CommandLine.Run(
            "predict", "--model", model, "--images", folder["a.png"], "--output", folder["masks"], "--flip", "--sliding", "32,48", "--overlap", "0.5", "--blend", "linear");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        CollectionAssert.AreEqual(truth.Ids.ToArray(), SegmentationMask.Load(folder["masks", "a.png"], BrightestChannelModel.Labels).Ids.ToArray());
    }

    [TestMethod]
    public void Predict_Scales_GivesTheMaskOfTheLibrary()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        var truth = BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 70, 90, seed: 1);
        using var segmenter = SegmentationModel.Load(model);

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["a.png"], "--output", folder["masks"], "--scales", "0.5,1.5");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        var expected = segmenter.Predict(folder["a.png"], new InferenceOptions { Scales = [0.5, 1.5] });
        CollectionAssert.AreEqual(expected.Ids.ToArray(), SegmentationMask.Load(folder["masks", "a.png"], BrightestChannelModel.Labels).Ids.ToArray());
        CollectionAssert.AreNotEqual(truth.Ids.ToArray(), expected.Ids.ToArray());
    }

    [TestMethod]
    public void Predict_SavedPipeline_AppliesItsOwnOptionsUnlessOthersAreGiven()
    {
        using var folder = new TemporaryFolder();
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 70, 90, seed: 1);
        var ml = new MLContext();
        var data = ml.SemanticSegmentation.Data.Folder(folder["images"]);
        var saved = new InferenceOptions { Scales = [0.5] };
        using var model = ml.Transforms.LoadImages("Image", null, "ImagePath")
            .Append(ml.Transforms.SemanticFlow(BrightestChannelModel.Save(folder["model.onnx"]), inference: saved)).Fit(data);
        ml.Model.Save(model, data.Schema, folder["model.zip"]);

        var own = CommandLine.Run("predict", "--model", folder["model.zip"], "--images", folder["images"], "--output", folder["own"]);
        var other = CommandLine.Run("predict", "--model", folder["model.zip"], "--images", folder["images"], "--output", folder["other"], "--scales", "1");

        Assert.AreEqual((ExitCode.Done, ExitCode.Done), (own.Code, other.Code), own.Error + other.Error);
        var segmenter = model.LastTransformer.Model;
        string image = folder["images", "a.png"];
        CollectionAssert.AreEqual(segmenter.Predict(image, saved).Ids.ToArray(), SegmentationMask.Load(folder["own", "a.png"], BrightestChannelModel.Labels).Ids.ToArray());
        CollectionAssert.AreEqual(segmenter.Predict(image).Ids.ToArray(), SegmentationMask.Load(folder["other", "a.png"], BrightestChannelModel.Labels).Ids.ToArray());
    }

    [TestMethod]
    public void Predict_TruncatedImage_StopsAndNamesIt()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        string damaged = Truncated(folder, "b.png");

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["masks"], "--workers", "1");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, damaged);
        StringAssert.Contains(result.Sentence, "--on-error skip");
        Assert.IsFalse(File.Exists(folder["masks", "b.png"]));
    }

    [TestMethod]
    public void Predict_TruncatedImageToBeSkipped_IsReportedAndTheRestWritten()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        BrightestChannelModel.SaveImage(folder.Prepare("images", "c.png"), 40, 56, seed: 2);
        string damaged = Truncated(folder, "b.png");

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["masks"], "--on-error", "skip", "--json");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Error, damaged);
        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual(2, json.RootElement.GetProperty("written").GetInt32());
        Assert.AreEqual(damaged, json.RootElement.GetProperty("skipped")[0].GetProperty("image").GetString());
        Assert.IsTrue(File.Exists(folder["masks", "c.png"]));
    }

    [TestMethod]
    public void Predict_NoImages_SaysWhereItLooked()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        folder.Prepare("images", "none");

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["masks"]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, folder["images"]);
    }

    [TestMethod]
    public void Predict_OutputIsTheImageFolder_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        byte[] before = File.ReadAllBytes(folder["images", "a.png"]);

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["images"]);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "overwrite");
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder["images", "a.png"]));
    }

    [TestMethod]
    public void Predict_TwoImagesOfOneName_AreRefused()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        File.Copy(folder["images", "a.png"], folder["images", "a.jpg"]);

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["masks"]);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "a.jpg");
    }

    [TestMethod]
    public void Predict_AlreadyCancelled_Ends130()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        var result = CommandLine.Run(cancelled.Token, "predict", "--model", model, "--images", folder["images"], "--output", folder["masks"]);

        Assert.AreEqual(ExitCode.Cancelled, result.Code);
        Assert.AreEqual("Cancelled.", result.Sentence);
    }

    private static string Truncated(TemporaryFolder folder, string name)
    {
        string path = folder.Prepare("images", name);
        BrightestChannelModel.SaveImage(path, 40, 56, seed: 3);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);
        return path;
    }
}
