// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Tool.Commands;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>Training with nothing said but where the data lies.</summary>
[TestClass]
public sealed class PresetTests
{
    // On a busy machine choosing took longer than a short time, and the run was refused.
    [TestMethod]
    [DataRow(40, 10, 30)]
    [DataRow(40, 44, 1)]
    [DataRow(40, 39.9, 1)]
    public void Left_OfATime_IsNeverNothing(double time, double gone, double expected) =>
        Assert.AreEqual(TimeSpan.FromSeconds(expected), Preset.Left(TimeSpan.FromSeconds(time), TimeSpan.FromSeconds(gone)));

    [TestMethod]
    public void Train_WithoutAPreset_ChoosesARecipeThatAResumedRunKeeps()
    {
        using var data = new TinyDataset();
        string[] command = ["train", "--output", data.At("run")];

        var first = CommandLine.Run([.. command, "--data", data.Root, "--map", TinyDataset.Map, "--network", "sfnet-dfv1", "--epochs", "1", "--threads", "1", "--seed", "1"]);
        var second = CommandLine.Run([.. command, "--resume", "--epochs", "2"]);

        Assert.AreEqual(ExitCode.Done, first.Code, first.Error);
        StringAssert.Contains(first.Error, "sfnet-dfv1 from random weights");
        StringAssert.Contains(first.Error, "images of 64 x 96 are scored at 2 times their size");
        using var run = JsonDocument.Parse(File.ReadAllBytes(data.At("run", "run.json")));
        var notes = run.RootElement.GetProperty("starts")[0].GetProperty("notes");
        string?[] reasons = [.. run.RootElement.GetProperty("starts")[0].GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString())];
        Assert.IsTrue(reasons.Any(reason => reason!.StartsWith("sfnet-dfv1 from random weights", StringComparison.Ordinal)), string.Join('\n', reasons)); // none is null
        Assert.Contains("<h3>Why</h3>", File.ReadAllText(data.At("run", "run.html")));
        Assert.AreEqual("adamw", notes.GetProperty("--optimizer").GetString());
        Assert.AreEqual("128,128", notes.GetProperty("--crop").GetString()); // 64 rows, twice
        Assert.AreEqual("2", notes.GetProperty("--inference-scale").GetString());
        Assert.IsFalse(notes.TryGetProperty("--time", out _)); // epochs were given
        Assert.AreEqual(ExitCode.Done, second.Code, second.Error);
        Assert.IsFalse(second.Error.Contains("Choosing", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Train_ForATime_SaysTheTimeOnItsPageAndNotHowManyEpochsThereMightBe()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run(
            "train", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--network", "sfnet-dfv1", "--time", "1s", "--threads", "1", "--seed", "1");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        string page = File.ReadAllText(data.At("run", "run.html"));
        Assert.MatchesRegex("Finished after [0-9]+ epochs in 00:00:0[01]\\.", page); // what choosing the recipe left of it
        Assert.DoesNotContain("100,000", page);
    }

    [TestMethod]
    public void Train_WhatTheUserSays_TakesWhatBelongsToItAlong()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run(
            "train", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--network", "sfnet-dfv1",
            "--epochs", "1", "--threads", "1", "--loss", "focal", "--optimizer", "sgd", "--crop", "64,64");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var run = JsonDocument.Parse(File.ReadAllBytes(data.At("run", "run.json")));
        var notes = run.RootElement.GetProperty("starts")[0].GetProperty("notes");
        Assert.AreEqual(("focal", "sgd", "64,64"), (Note("--loss"), Note("--optimizer"), Note("--crop")));
        foreach (string left in new[] { "--class-weights", "--add-loss", "--lr", "--weight-decay" })
            Assert.IsFalse(notes.TryGetProperty(left, out _), left);

        string? Note(string name) => notes.GetProperty(name).GetString();
    }

    [TestMethod]
    public void Train_NoValidationSet_HoldsImagesOut()
    {
        using var data = new TinyDataset();
        Directory.Delete(data.At("val"), recursive: true);

        var result = CommandLine.Run(
            "train", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--network", "sfnet-dfv1",
            "--epochs", "1", "--threads", "1", "--crop", "64,64");

        var resumed = CommandLine.Run("train", "--output", data.At("run"), "--resume", "--epochs", "2");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.AreEqual(ExitCode.Done, resumed.Code, resumed.Error);
        StringAssert.Contains(resumed.Error, "1 of 4 images are held out");
        StringAssert.Contains(result.Error, "1 of 4 images are held out"); // 15 %
        StringAssert.Contains(result.Output, "on the validation set");
    }

    [TestMethod]
    [DataRow("auto")]
    [DataRow("paper")]
    public void Train_BatchAuto_IsKeptAsTheNumberThatFits(string preset)
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run(
            "train", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--network", "sfnet-dfv1",
            "--preset", preset, "--batch", "auto", "--epochs", "1", "--threads", "1", "--crop", "64,64");

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var run = JsonDocument.Parse(File.ReadAllBytes(data.At("run", "run.json")));
        string? batch = run.RootElement.GetProperty("starts")[0].GetProperty("notes").GetProperty("--batch").GetString();
        CollectionAssert.Contains(new[] { "4", "8" }, batch); // a recipe for a slow machine has smaller batches, so that there are more of them
    }

    [TestMethod]
    [DataRow("--batch", "many", "a whole number or auto")]
    [DataRow("--time", "30", "such as 30m")]
    [DataRow("--inference-scale", "9", "from 0.1 to 4")]
    [DataRow("--preset", "best", "auto")]
    public void Train_ValueThatIsNone_IsAUsageError(string option, string value, string expected)
    {
        var result = CommandLine.Run("train", "--data", "nowhere", "--output", "run", option, value);

        Assert.AreEqual(ExitCode.Usage, result.Code, result.Error);
        StringAssert.Contains(result.Error, expected);
    }

    [TestMethod]
    public void Train_ImageNetForANetworkWithoutAPackage_NamesThoseThatHaveOne()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run(
            "train", "--preset", "paper", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--network", "sfnet-dfv1",
            "--backbone", "imagenet", "--crop", "64,64");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        StringAssert.Contains(result.Error, "Take sfnet-lite-r18-mlnet or sfnet-r18-mlnet");
    }
}
