// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class PredictPicturesTests
{
    [TestMethod]
    public void Predict_ContourAndLegend_ChangeTheOtherPictures()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 40, 56, seed: 1);
        string[] common = ["predict", "--model", model, "--images", folder["a.png"], "--overlay", "--color"];

        var plain = CommandLine.Run([.. common, "--output", folder["plain"]]);
        var drawn = CommandLine.Run([.. common, "--output", folder["drawn"], "--contour", "--legend"]);

        Assert.AreEqual((ExitCode.Done, ExitCode.Done), (plain.Code, drawn.Code), plain.Error + drawn.Error);
        foreach (string ending in (string[])["a-overlay.png", "a-color.png"])
        {
            var (before, after) = (SegmentationPicture.Load(folder["plain", ending]), SegmentationPicture.Load(folder["drawn", ending]));
            Assert.AreEqual((40, 56), (before.Height, before.Width));
            Assert.IsGreaterThan(56, after.Width);
        }

        // Noise: nearly every pixel is at a border, and has the full colour of its class there.
        Assert.AreEqual(SegmentationPicture.Load(folder["plain", "a-color.png"])[20, 20], SegmentationPicture.Load(folder["drawn", "a-overlay.png"])[20, 20]);
    }

    // Blue is x and green y; the longest vector of the two pixels has the full colour: (200, 0) to the right and (0, 100) down, in steps of the image's size.
    [TestMethod]
    public void Predict_Flow_IsDrawnInTheWheelsColors()
    {
        using var folder = new TemporaryFolder();
        string model = FlowModel.Save(folder.Prepare("model.onnx"));
        byte[] pixels = [.. Enumerable.Range(0, 64 * 64).SelectMany(i => i % 64 < 32 ? new byte[] { 200, 0, 0, 255 } : [0, 100, 0, 255])];
        using (var image = MLImage.CreateFromPixels(64, 64, MLPixelFormat.Bgra32, pixels))
            image.Save(folder.Prepare("a.png"));

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["a.png"], "--output", folder["out"], "--flow");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        var picture = SegmentationPicture.Load(folder["out", "a-flow.png"]);
        Assert.AreEqual((64, 64), (picture.Height, picture.Width));
        Assert.AreEqual(new RgbColor(255, 0, 0), picture[10, 0]);
        Assert.AreEqual(new RgbColor(255, 244, 128), picture[10, 63]);      // halfway from white to down's (255, 233.75, 0): 244.4 and 127.5
    }

    [TestMethod]
    public void Predict_FlowOfAModelWithout_SaysSoBeforeTheFirstImage()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 40, 56, seed: 1);

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["a.png"], "--output", folder["out"], "--flow");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "--flow: brightest-channel has no flow field; SFNet and SFNet-Lite learn one. Leave --flow out, or use such a model.");
        Assert.IsFalse(Directory.Exists(folder["out"]));
    }

    [TestMethod]
    [DataRow("sheet.html")]
    [DataRow("sheet.png")]
    [DataRow("sheet.JPG")]
    public void Predict_Sheet_ShowsEveryImageThatWasScored(string name)
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        for (int i = 0; i < 7; i++)
            BrightestChannelModel.SaveImage(folder.Prepare("images", $"a&{i}.png"), 40, 56, seed: i);
        File.WriteAllText(folder["images", "broken.png"], "no image");

        var result = CommandLine.Run(
            "predict", "--model", model, "--images", folder["images"], "--output", folder["out"], "--sheet", folder[name],
            "--on-error", "skip", "--max-skipped", "0.5", "--json");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual(7, json.RootElement.GetProperty("sheet").GetProperty("images").GetInt32());
        if (name.EndsWith(".html", StringComparison.Ordinal))
        {
            string html = File.ReadAllText(folder[name]);
            Assert.HasCount(7 + 1, html.Split("<figcaption>a&amp;"));
            StringAssert.Contains(html, "default-src 'none'");
        }
        else
        {
            // Six beside one another, the seventh below: titles of 12 take 23 rows above each, and the list of classes comes last.
            var picture = SegmentationPicture.Load(folder[name]);
            Assert.AreEqual((6 * 56) + (5 * 6), picture.Width);
            Assert.IsGreaterThan((2 * 63) + 6, picture.Height);
        }
    }

    [TestMethod]
    public void Predict_SheetOfAFolderWithABrokenImage_ShowsWhatWasScoredBefore()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        File.WriteAllText(folder["images", "b.png"], "no image");

        var result = CommandLine.Run(
            "predict", "--model", model, "--images", folder["images"], "--output", folder["out"], "--sheet", folder["sheet.html"], "--workers", "1");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(File.ReadAllText(folder["sheet.html"]), "<figcaption>a.png</figcaption>");
    }

    [TestMethod]
    public void Predict_Explain_WritesThePageAndItsNumbers()
    {
        using var folder = new TemporaryFolder();
        string model = FlowModel.Save(folder.Prepare("model.onnx"));
        var truth = BrightestChannelModel.SaveImage(folder.Prepare("a.png"), 40, 56, seed: 1);

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["a.png"], "--output", folder["out"], "--explain");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(File.ReadAllText(folder["out", "a-explain.html"]), "<h1><bdi>a.png as brightest-channel sees it</bdi></h1>");
        using var json = JsonDocument.Parse(File.ReadAllBytes(folder["out", "a-explain.json"]));
        foreach (var row in json.RootElement.GetProperty("classes").EnumerateArray())
        {
            int id = row.GetProperty("id").GetInt32();
            Assert.AreEqual(truth.Ids.ToArray().Count(pixel => pixel == id), row.GetProperty("pixels").GetInt32());
            Assert.IsGreaterThan(0.99, row.GetProperty("meanConfidence").GetDouble());
        }

        Assert.AreEqual(56, json.RootElement.GetProperty("flow").GetProperty("width").GetInt32());
    }

    [TestMethod]
    [DataRow("--contour", "--contour draws in other pictures. Add --overlay, --color or --sheet.")]
    [DataRow("--legend", "--legend stands beside other pictures. Add --overlay, --color or --flow; a sheet has its own.")]
    [DataRow("--sheet x.txt", "--sheet 'x.txt' ends neither in .html nor in .png or .jpg, which says what it is. Name it so.")]
    [DataRow("--explain", "--explain writes the page of one image, and --images names 2. Name one file.")]
    public void Predict_PicturesThatCannotBe_AreWrongUsage(string options, string expected)
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        BrightestChannelModel.SaveImage(folder.Prepare("images", "b.png"), 40, 56, seed: 1);

        var result = CommandLine.Run(["predict", "--model", model, "--images", folder["images"], "--output", folder["out"], .. options.Split(' ')]);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, expected);
    }

    [TestMethod]
    [DataRow("images", "a.png", "would overwrite the image")]
    [DataRow("out", "a.png", "would overwrite a mask or its picture")]
    public void Predict_SheetInPlaceOfAnImageOrMask_IsRefused(string directory, string name, string expected)
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder.Prepare("images", "a.png"), 40, 56, seed: 1);
        Directory.CreateDirectory(folder["out"]);

        var result = CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["out"], "--sheet", folder[directory, name]);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, expected);
    }
}
