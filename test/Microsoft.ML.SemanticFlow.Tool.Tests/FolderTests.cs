// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>Folders and images as people have them.</summary>
[TestClass]
public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public FolderTests() => _model = BrightestChannelModel.Save(_folder["model.onnx"]);

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Predict_FilesThatAreNotRead_AreSaidAndListed()
    {
        Draw("a.png");
        foreach (string name in (string[])["b.tif", "._a.png", "Thumbs.db"])
            _folder.Touch("images", name);

        var result = Predict("--json");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Error, "'b.tif' (.tif is not read: convert to PNG)");
        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual((1, 3), (json.RootElement.GetProperty("written").GetInt32(), json.RootElement.GetProperty("leftOut").GetArrayLength()));
    }

    [TestMethod]
    public void Predict_OverlayOfOneAndMaskOfAnother_AreRefusedBeforeAnyIsWritten()
    {
        Draw("street.png");
        Draw("street-overlay.png");

        var result = Predict("--overlay");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, $"would both be written to '{_folder["masks", "street-overlay.png"]}'");
        Assert.IsEmpty(Directory.GetFiles(_folder["masks"], "*.png"));
    }

    [TestMethod]
    public void Predict_OutputInsideTheImages_IsNotReadBack()
    {
        Draw("a.png");
        Draw("b.png");

        foreach (string output in (string[])["masks", "masks", "others"])
        {
            var result = CommandLine.Run("predict", "--model", _model, "--images", _folder["images"], "--output", _folder["images", output], "--color");

            Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
            StringAssert.StartsWith(result.Output, "2 masks");
        }

        Assert.IsEmpty(Directory.GetDirectories(_folder["images", "masks"]));
    }

    [TestMethod]
    public void Predict_OutputIsAFolderOfImages_IsRefused()
    {
        Draw("a.png");
        Draw("sub/a.png");
        byte[] before = File.ReadAllBytes(_folder["images", "sub", "a.png"]);

        var result = CommandLine.Run("predict", "--model", _model, "--images", _folder["images"], "--output", _folder["images", "sub"]);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "holds other files");
        CollectionAssert.AreEqual(before, File.ReadAllBytes(_folder["images", "sub", "a.png"]));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux | OperatingSystems.OSX)]
    public void Predict_OutputIsALinkToTheImages_IsRefused()
    {
        Draw("a.png");
        File.CreateSymbolicLink(_folder["masks"], "images");

        var result = Predict();

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "overwrite");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Predict_EveryKindOfFault_IsSkippedAndListed()
    {
        foreach (string name in (string[])["a.png", "b.png", "c.png", "d.png", new string('n', 240) + ".png"])
            Draw(name);
        Draw(new string('m', 250) + ".png");                                        // its overlay's name is longer than disks take
        File.CreateSymbolicLink(_folder["images", "link.png"], "nowhere");
        File.CreateSymbolicLink(_folder["images", "self.png"], "self.png");
        _folder.Touch("images", "empty.png");
        File.WriteAllBytes(_folder["images", "cut.png"], File.ReadAllBytes(_folder["images", "a.png"])[..100]);

        var result = Predict("--on-error", "skip", "--overlay", "--json");
        var strict = Predict("--on-error", "skip", "--overlay", "--max-skipped", "0.4");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual((5, 10), (json.RootElement.GetProperty("written").GetInt32(), json.RootElement.GetProperty("images").GetInt32()));
        CollectionAssert.AreEqual(
            new[] { "cut.png", "empty.png", "link.png", new string('m', 250) + ".png", "self.png" },
            json.RootElement.GetProperty("skipped").EnumerateArray().Select(item => Path.GetFileName(item.GetProperty("image").GetString())).ToArray());
        Assert.AreEqual(ExitCode.BadInput, strict.Code);
        StringAssert.Contains(strict.Error, "5 of 10 images were skipped, more than the share of 0.4 that --max-skipped allows.");
    }

    [TestMethod]
    public void Predict_ShareOutOfRange_IsUsage()
    {
        Draw("a.png");

        var result = Predict("--max-skipped", "7");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "--max-skipped");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Predict_FullDisk_EndsTheWorkAndSaysHowMuchIsWritten()
    {
        foreach (string name in (string[])["a.png", "b.png"])
            BrightestChannelModel.SaveImage(_folder.Prepare("images", name), 400, 400, seed: 1);
        using var mount = Mount.Tmpfs(_folder["masks"], "16k");

        var result = Predict("--on-error", "skip");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        StringAssert.Contains(result.Sentence, "of 2 masks are written");
        Assert.IsEmpty(Directory.GetFiles(_folder["masks"], "*.partial"));
    }

    [TestMethod]
    public void Predict_SixteenBitGray_IsSaidUnlessChosen()
    {
        File.WriteAllBytes(_folder.Prepare("images", "a.png"), TurnedFiles.Gray16([.. Enumerable.Range(0, 40 * 40)], 40, 40));

        var silent = Predict();
        var chosen = Predict("--gray16", "scale");
        var stretched = Predict("--gray16", "stretch");

        StringAssert.Contains(silent.Error, "16 bits a channel");
        Assert.AreEqual((ExitCode.Done, ExitCode.Done, ExitCode.Done), (silent.Code, chosen.Code, stretched.Code));
        Assert.IsFalse((chosen.Error + stretched.Error).Contains("16 bits", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(6)]
    public void Evaluate_TurnedPhotograph_MatchesTheMaskDrawnOnItAsShown(int orientation)
    {
        // Quarters of blue, green, red and white; the model takes the first of equal channels, so white is blue.
        byte[] ids = [.. TurnedFiles.Shown[orientation].Select(quarter => (byte)("ABCD".IndexOf(quarter, StringComparison.Ordinal) % 3))];
        var (height, width) = orientation < 5 ? (48, 80) : (80, 48);
        var mask = new SegmentationMask(
            height, width, [.. Enumerable.Range(0, height * width).Select(i => ids[(2 * (i / width / (height / 2))) + (i % width / (width / 2))])], BrightestChannelModel.Labels);
        File.WriteAllBytes(_folder.Prepare("images", "a.png"), TurnedFiles.Quarters(SKEncodedImageFormat.Png, orientation));
        mask.Save(_folder.Prepare("labels", "a.PNG"));

        var result = CommandLine.Run("evaluate", "--model", _model, "--images", _folder["images"], "--labels", _folder["labels"], "--json", "-");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual(1.0, json.RootElement.GetProperty("meanIoU").GetDouble());
    }

    [TestMethod]
    public void Evaluate_OneCutOffAndOneWithoutLabel_AreSkippedAndListed()
    {
        foreach (string name in (string[])["a.png", "b.png", "c.png", "d.png"])
            BrightestChannelModel.SaveImage(_folder.Prepare("images", name), 40, 56, seed: 1).Save(_folder.Prepare("labels", name));
        File.WriteAllBytes(_folder["images", "b.png"], File.ReadAllBytes(_folder["images", "a.png"])[..100]);
        File.Delete(_folder["labels", "c.png"]);

        var result = CommandLine.Run("evaluate", "--model", _model, "--images", _folder["images"], "--labels", _folder["labels"], "--on-error", "skip", "--json", "-");
        var masks = CommandLine.Run("evaluate", "--predictions", _folder["labels"], "--labels", _folder["images"], "--map", "blue,green,red", "--on-error", "skip");
        var stopped = CommandLine.Run("evaluate", "--model", _model, "--images", _folder["images"], "--labels", _folder["labels"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual(1.0, json.RootElement.GetProperty("meanIoU").GetDouble());
        Assert.AreEqual(2, json.RootElement.GetProperty("skipped").GetArrayLength());
        Assert.AreEqual(ExitCode.BadInput, masks.Code);                             // RGB files are no masks: none is left
        Assert.AreEqual(ExitCode.BadInput, stopped.Code);
        StringAssert.Contains(stopped.Sentence, "c.png");
    }

    [TestMethod]
    public void Train_CutOffImages_AreFoundBeforeTheFirstStepAndSkippedWhenAsked()
    {
        using var data = new TinyDataset();
        File.WriteAllBytes(Path.Combine(data.TrainImages, "1.png"), File.ReadAllBytes(Path.Combine(data.TrainImages, "1.png"))[..60]);
        File.WriteAllBytes(Path.Combine(data.Images, "0.png"), File.ReadAllBytes(Path.Combine(data.Images, "0.png"))[..60]);
        string[] options =
        [
            "train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--map", TinyDataset.Map, "--network", "sfnet-dfv1",
            "--epochs", "1", "--batch", "2", "--crop", "32,32", "--threads", "1", "--seed", "1", "--precision", "fp32",
        ];

        var stopped = CommandLine.Run([.. options, "--output", data.At("stopped")]);
        var skipped = CommandLine.Run([.. options, "--output", data.At("skipped"), "--on-error", "skip", "--json"]);

        Assert.AreEqual(ExitCode.BadInput, stopped.Code);
        StringAssert.Contains(stopped.Sentence, "cut off");
        Assert.IsFalse(Directory.Exists(data.At("stopped")));
        Assert.AreEqual(ExitCode.Done, skipped.Code, skipped.Error);
        StringAssert.Contains(skipped.Error, "on 3 images (1 to validate)");
        using var json = JsonDocument.Parse(skipped.Output);
        Assert.AreEqual(2, json.RootElement.GetProperty("skipped").GetArrayLength());
    }

    private CommandResult Predict(params string[] more) => CommandLine.Run(["predict", "--model", _model, "--images", _folder["images"], "--output", _folder["masks"], .. more]);

    private void Draw(string name) => BrightestChannelModel.SaveImage(_folder.Prepare(["images", .. name.Split('/')]), 40, 56, seed: 1);
}
