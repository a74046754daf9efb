// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class RunsTests
{
    [TestMethod]
    public void Runs_Several_ListsTheBestFirstWithin80Columns()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, "low", 0.25, 0.5);
        Draw(folder, "high/with-a-name-that-is-longer-than-a-column-of-a-terminal", 0.5, 0.75);
        Draw(folder, "none");

        var result = CommandLine.Run("runs", folder.Root);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        string[] lines = result.Output.TrimEnd().Split('\n', StringSplitOptions.TrimEntries);
        StringAssert.Contains(lines[2], "0.7500");
        StringAssert.Contains(lines[2], "▁█");
        StringAssert.StartsWith(lines[3], "low");
        StringAssert.StartsWith(lines[4], "none");
        Assert.IsTrue(lines.All(line => line.Length <= 80), result.Output);
    }

    [TestMethod]
    public void Runs_Json_HasTheFigures()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, "one", 0.25, 0.5, 0.375);

        var result = CommandLine.Run("runs", folder.Root, "--json");

        using var json = JsonDocument.Parse(result.Output);
        Assert.AreEqual(0.5, json.RootElement[0].GetProperty("bestMeanIoU").GetDouble());
        Assert.AreEqual(2, json.RootElement[0].GetProperty("bestEpoch").GetInt32());
        Assert.AreEqual(3, json.RootElement[0].GetProperty("epoch").GetInt32());
        Assert.AreEqual("sfnet-r18", json.RootElement[0].GetProperty("network").GetString());
    }

    [TestMethod]
    public void Runs_DamagedRecord_IsListedAndSaid()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, "good", 0.5);
        File.WriteAllText(folder.Prepare("bad", "run.json"), "{");

        var result = CommandLine.Run("runs", folder.Root);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Output, "damaged");
        StringAssert.Contains(result.Error, "is no record of a run");
    }

    [TestMethod]
    public void Runs_FolderWithoutRuns_IsBadInput()
    {
        using var folder = new TemporaryFolder();

        var none = CommandLine.Run("runs", folder.Root);
        var missing = CommandLine.Run("runs", folder["missing"]);

        Assert.AreEqual(ExitCode.BadInput, none.Code);
        StringAssert.Contains(none.Sentence, "No run lies in");
        Assert.AreEqual(ExitCode.BadInput, missing.Code);
        StringAssert.Contains(missing.Sentence, "There is no folder");
    }

    [TestMethod]
    public void Report_OfARunFolder_DrawsItsPage()
    {
        using var folder = new TemporaryFolder();
        Draw(folder, "one <b>", 0.25, 0.5);

        var result = CommandLine.Run("report", folder["one <b>"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        var page = PageText.Parse(File.ReadAllText(folder["one <b>", "run.html"]));
        Assert.AreEqual("Run one <b>: sfnet-r18", page.Descendants("h1").Single().Value);
        Assert.AreEqual("0.5000epoch 2", page.Descendants("dd").First().Value);
        StringAssert.Contains(page.Value, "Finished after 2 of 2 epochs.");
        Assert.IsGreaterThan(2, page.Descendants("polyline").Count());
    }

    [TestMethod]
    public void Report_OfNumbers_MakesThePageAgain()
    {
        using var data = new TinyDataset();
        CommandLine.Run("evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--report", data.At("r.html"));
        File.Delete(data.At("r.html"));

        var result = CommandLine.Run("report", data.At("r.json"));

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.AreEqual(data.At("r.html"), result.Output.Trim());
        StringAssert.Contains(File.ReadAllText(data.At("r.html")), "Masks of");
    }

    [TestMethod]
    public void Report_OfAFolderWithoutARun_IsBadInput()
    {
        using var folder = new TemporaryFolder();

        var result = CommandLine.Run("report", folder.Root);

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        StringAssert.Contains(result.Sentence, "holds no run.json");
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public void Train_ARun_LeavesAPageWithItsPictures()
    {
        using var data = new TinyDataset();
        string run = data.At("run");

        var result = CommandLine.Run(
            "train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--map", TinyDataset.Map, "--network", "sfnet-dfv1",
            "--epochs", "2", "--batch", "2", "--crop", "64,64", "--lr", "0.0001", "--threads", "1", "--seed", "1", "--precision", "fp32", "--output", run);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.Contains(result.Output, $"page {Path.Combine(run, "run.html")}");
        var page = PageText.Parse(File.ReadAllText(Path.Combine(run, "run.html")));
        StringAssert.Contains(page.Value, "Finished after 2 of 2 epochs.");
        Assert.HasCount(2, Directory.GetFiles(Path.Combine(run, "pictures"), "crop-??.jpg")); // of the batch
        Assert.HasCount(2 * 2, Directory.GetFiles(Path.Combine(run, "pictures"), "val-??-epoch-????.png")); // two images after two epochs
        Assert.AreEqual((2 * 2) + (2 * 5), page.Descendants("image").Count()); // crops with their labels; images with their labels, after two epochs, and the errors
        var compared = CommandLine.Run("compare", run, run);
        Assert.AreEqual(ExitCode.Done, compared.Code, compared.Error);
    }

    // The files of a run that had a score after each epoch.
    private static void Draw(TemporaryFolder folder, string name, params double[] scores)
    {
        string run = Path.GetDirectoryName(folder.Prepare(name, "run.json"))!;
        string epochs = scores.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(run, "run.json"), Record.Replace("EPOCHS", epochs, StringComparison.Ordinal));
        File.WriteAllLines(
            Path.Combine(run, "log.csv"),
            [
                "epoch,seconds,learning_rate,loss,validation_miou,images_per_second,memory_megabytes,peak_memory_megabytes",
                .. scores.Select((score, i) => FormattableString.Invariant($"{i + 1},{10 * (i + 1)}.5,0.01,{1 - score},{score},5.5,100,120")),
            ]);
        File.WriteAllLines(
            Path.Combine(run, "validation.csv"),
            ["epoch,miou,pixel_accuracy,left,right", .. scores.Select((score, i) => FormattableString.Invariant($"{i + 1},{score},0.9,{score},"))]);
    }

    private const string Record = """
        {
          "network": "sfnet-r18", "labels": { "name": "two", "classes": ["left", "right"] }, "seed": 1, "options": { "BatchSize": "4" }, "state": "finished",
          "starts": [{
            "at": "2026-01-02T03:04:05Z", "from_epoch": 0, "epochs": EPOCHS,
            "versions": { "library": "0.1.0", "torchsharp": "0.107.0", "runtime": ".NET" },
            "machine": { "processor": "one", "cores": 2, "memory_megabytes": 100, "operating_system": "any" },
            "plan": { "precision": "float32", "channels_last": true, "threads": 2, "loader_threads": 1 },
            "training_set": { "rows": 4, "covers": "names", "sha256": "00" },
            "notes": { "--data": "data" },
            "end": { "state": "finished", "at": "2026-01-02T03:05:05Z", "epoch": EPOCHS, "peak_memory_megabytes": 120 }
          }]
        }
        """;
}
