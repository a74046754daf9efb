// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary><c>semanticflow predict IMAGE</c>: one image that somebody wants to look at.</summary>
[TestClass]
public sealed class PredictLookTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Predict_OneImageWithoutOutput_WritesItsOverlayBesideUnderANewName(bool named)
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx")), image = folder.Prepare("images", "a.png");
        var truth = BrightestChannelModel.SaveImage(image, 40, 56, seed: 1);
        string[] command = ["predict", .. named ? new[] { "--images", image } : [image], "--model", model];

        var first = CommandLine.Run(command);
        var second = CommandLine.Run(command);

        Assert.AreEqual((ExitCode.Done, ExitCode.Done), (first.Code, second.Code), first.Error);
        string overlay = folder["images", "a-overlay.png"], next = folder["images", "a-overlay-2.png"];
        StringAssert.Contains(first.Output, $"overlay {overlay}\n");
        StringAssert.Contains(second.Output, $"overlay {next}\n");
        CollectionAssert.AreEqual(File.ReadAllBytes(overlay), File.ReadAllBytes(next));
        Assert.HasCount(3, Directory.GetFiles(folder["images"])); // the image itself, and these
        int pixels = truth.Ids.Length, least = Enumerable.Range(0, 3).Select(id => truth.Ids.ToArray().Count(other => other == id)).Min();
        StringAssert.Contains(first.Output, FormattableString.Invariant($" {100.0 * least / pixels:f1} %\n"));
        Assert.DoesNotContain('\e', first.Output);
    }

    [TestMethod]
    public void Predict_OneImageAsJson_HoldsSharesThatAddUp()
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        BrightestChannelModel.SaveImage(folder["a.png"], 40, 56, seed: 1);

        var result = CommandLine.Run("predict", folder["a.png"], "--model", model, "--json");

        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual(1, json.RootElement.GetProperty("shares").EnumerateObject().Sum(share => share.Value.GetDouble()), 1e-12);
        Assert.AreEqual(folder["a-overlay.png"], json.RootElement.GetProperty("overlay").GetString());
    }

    [TestMethod]
    [DataRow("Option '--output' is required.", "FOLDER")]
    [DataRow("Option '--output' is required.", "IMAGE", "--ledger")]
    [DataRow("Option '--output' is required.", "IMAGE", "--overlay")]
    [DataRow("Option '--images' is required.")]
    [DataRow("one too many", "IMAGE", "--images", "IMAGE")]
    public void Predict_WhatNeedsAFolder_IsRefusedWithoutOne(string sentence, params string[] words)
    {
        using var folder = new TemporaryFolder();
        string image = folder.Prepare("images", "a.png");
        BrightestChannelModel.SaveImage(image, 40, 56, seed: 1);

        var paths = words.Select(word => word switch { "FOLDER" => folder["images"], "IMAGE" => image, _ => word });
        var result = CommandLine.Run(["predict", "--model", "m.onnx", .. paths]);

        Assert.AreEqual(ExitCode.Usage, result.Code, result.Error);
        StringAssert.Contains(result.Sentence, sentence);
    }

    [TestMethod]
    [DataRow(ExitCode.BadInput, "There is no", "nowhere.png")]
    [DataRow(ExitCode.BadInput, "is not an image", "text.png")]
    public void Predict_NoImage_IsOneSentence(int code, string sentence, string name)
    {
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder.Prepare("model.onnx"));
        File.WriteAllText(folder["text.png"], "text");

        var result = CommandLine.Run("predict", folder[name], "--model", model);

        Assert.AreEqual(code, result.Code, result.Error);
        StringAssert.Contains(result.Sentence, sentence);
        Assert.IsFalse(File.Exists(folder[Path.GetFileNameWithoutExtension(name) + "-overlay.png"]));
    }

    // Two columns, three rows: the third has nothing below it.
    [TestMethod]
    public void HalfBlocks_SmallPicture_AreItsColours()
    {
        byte[] bgra =
        [
            3, 2, 1, 255, 3, 2, 1, 255,
            6, 5, 4, 255, 9, 8, 7, 255,
            0, 0, 255, 255, 255, 0, 0, 255,
        ];
        using var image = MLImage.CreateFromPixels(2, 3, MLPixelFormat.Bgra32, bgra);

        string text = HalfBlocks.Of(SegmentationPicture.FromImage(image), columns: 80, lines: 24);

        Assert.AreEqual("\e[38;2;1;2;3m\e[48;2;4;5;6m▀\e[48;2;7;8;9m▀\e[0m\n\e[38;2;255;0;0m▀\e[38;2;0;0;255m▀\e[0m\n", text);
    }

    [TestMethod]
    [DataRow(400, 300, 80, 24, 24)] // as high as the lines, two rows of pixels each
    [DataRow(400, 100, 80, 24, 10)] // as wide as the columns, 80 by 20 pixels
    public void HalfBlocks_LargePicture_FitsTheTerminal(int width, int height, int columns, int lines, int expected)
    {
        using var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, new byte[4 * width * height]);

        string[] rows = HalfBlocks.Of(SegmentationPicture.FromImage(image), columns, lines).TrimEnd('\n').Split('\n');

        Assert.HasCount(expected, rows);
        Assert.IsTrue(rows.All(row => row.Count(c => c == '▀') <= columns));
    }

    [TestMethod]
    [DataRow(true, "COLORTERM=truecolor")]
    [DataRow(true, "COLORTERM=24bit", "TERM=xterm-256color")]
    [DataRow(true, "TERM=xterm-kitty")]
    [DataRow(true, "WT_SESSION=1")]
    [DataRow(true, "COLORTERM=truecolor", "NO_COLOR=")]
    [DataRow(false, "COLORTERM=truecolor", "NO_COLOR=1")]
    [DataRow(false, "COLORTERM=truecolor", "TERM=dumb")]
    [DataRow(false, "TERM=xterm-256color")]
    [DataRow(false)]
    public void HalfBlocks_AreShown_WhereTheTerminalSaysSoAndNobodyForbidsIt(bool expected, params string[] environment)
    {
        var variables = environment.Select(variable => variable.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.AreEqual(expected, HalfBlocks.AreShown(name => variables.GetValueOrDefault(name)));
    }
}
