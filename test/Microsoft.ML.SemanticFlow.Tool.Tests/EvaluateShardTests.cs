// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>An evaluation that several processes do, some of which are killed, and its merge.</summary>
[TestClass]
[DoNotParallelize]
public sealed class EvaluateShardTests : IDisposable
{
    private const int Height = 64, Width = 80;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Every file and every word of one process, whatever was skipped.
    [TestMethod]
    public void Merge_OfShards_WritesWhatOneProcessWrites()
    {
        string[] input = [.. Model(6), "--boundaries", "--calibration", "--on-error", "skip"];
        File.WriteAllText(_folder["images", "03.png"], "no image, but long enough to be looked at");
        File.WriteAllText(_folder["images", "notes.txt"], "no image");
        Directory.CreateDirectory(_folder["one"]);
        Directory.CreateDirectory(_folder["all"]);

        var one = CommandLine.Run([.. input, .. Outputs("one")]);
        var shards = Enumerable.Range(1, 3).Select(i => CommandLine.Run([.. input, "--shard", $"{i}/3", "--output", _folder["shards"]])).ToArray();
        var all = CommandLine.Run(["merge", _folder["shards"], .. Outputs("all")]);

        Assert.AreEqual((ExitCode.Done, ExitCode.Done), (one.Code, all.Code), one.Error + all.Error);
        Assert.AreEqual(ExitCode.Done, shards[0].Code, shards[0].Error);
        Assert.MatchesRegex(@"^shard 1/3: 1 images counted, 1 skipped, \d+\.\d s; 'semanticflow merge .*' adds the shards\s*$", shards[0].Output); // 00, and 03 which is none
        Assert.AreEqual(one.Output, all.Output);
        StringAssert.Contains(all.Output, "ECE");
        foreach (string file in new[] { "figures.json", "evaluation.json" })
            Assert.AreEqual(File.ReadAllText(_folder["one", file]), File.ReadAllText(_folder["all", file]), file);
        StringAssert.Contains(all.Error, "notes.txt");
        StringAssert.Contains(all.Error, $"Skipped '{_folder["images", "03.png"]}'");

        string[] Outputs(string name) => ["--json", _folder[name, "figures.json"], "--save", _folder[name, "evaluation.json"], "--intervals", "--by-folder", "--worst", "2"];
    }

    [TestMethod]
    public void Merge_OfPredictions_WritesFiguresToStandardOutput()
    {
        Model(4);
        string[] input = ["evaluate", "--predictions", _folder["labels"], "--labels", _folder["labels"], "--map", "blue,green,red", "--ids", "raw"];

        var one = CommandLine.Run([.. input, "--json", "-"]);
        foreach (string shard in new[] { "2/2", "1/2" })
            CommandLine.Run([.. input, "--shard", shard, "--output", _folder["shards"]]);
        var all = CommandLine.Run("merge", _folder["shards"], "--json", "-");

        Assert.AreEqual(ExitCode.Done, all.Code, all.Error);
        Assert.AreEqual(one.Output, all.Output);
    }

    [TestMethod]
    public void Merge_ShardThatIsMissing_SaysSoAndGivesNoFigures()
    {
        CommandLine.Run([.. Model(3), "--shard", "1/2", "--output", _folder["shards"]]);

        var half = CommandLine.Run("merge", _folder["shards"]);
        var json = CommandLine.Run("merge", _folder["shards"], "--json", "-");

        Assert.AreEqual((ExitCode.FailedCheck, ExitCode.FailedCheck), (half.Code, json.Code), half.Error);
        Assert.AreEqual(
            "Shard 2/2 has not begun.\nmissing: 01.png\n2 of 3 images are done; start the shards again, and they do what is missing.\n", half.Output.ReplaceLineEndings("\n"));
        StringAssert.Contains(json.Output, "\"missingShards\"");
    }

    [TestMethod]
    public void Merge_MoreSkippedThanMayBe_IsBadInput()
    {
        string[] input = [.. Model(4), "--on-error", "skip"];
        File.WriteAllText(_folder["images", "03.png"], "no image, but long enough to be looked at");
        CommandLine.Run([.. input, "--output", _folder["shards"]]);

        Assert.AreEqual(ExitCode.Done, CommandLine.Run("merge", _folder["shards"]).Code);
        Assert.AreEqual(ExitCode.BadInput, CommandLine.Run("merge", _folder["shards"], "--max-skipped", "0.2").Code);
        Assert.AreEqual(ExitCode.Usage, CommandLine.Run("merge", _folder["shards"], "--max-skipped", "2").Code);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Merge_Report_ShowsImagesWhereTheyStillLie(bool moved)
    {
        CommandLine.Run([.. Model(3), "--output", _folder["shards"]]);
        if (moved)
            Directory.Move(_folder["images"], _folder["elsewhere"]);

        var result = CommandLine.Run("merge", _folder["shards"], "--report", _folder["page.html"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.AreEqual(!moved, File.ReadAllText(_folder["page.html"]).Contains("data:image/", StringComparison.Ordinal));
        Assert.AreEqual(moved, result.Error.Contains("The page has no pictures", StringComparison.Ordinal), result.Error);
    }

    [TestMethod]
    public void Evaluate_ShardAndWhatSaysSomethingOfAll_IsUsage()
    {
        string[] input = Model(1);

        var noFolder = CommandLine.Run([.. input, "--shard", "1/2"]);
        var figures = CommandLine.Run([.. input, "--shard", "1/2", "--output", _folder["out"], "--json", "-"]);
        var server = CommandLine.Run("evaluate", "--server", "cityscapes", "--predictions", _folder["labels"], "--labels", _folder["labels"], "--shard", "1/2");

        Assert.AreEqual((ExitCode.Usage, ExitCode.Usage, ExitCode.Usage), (noFolder.Code, figures.Code, server.Code));
        Assert.AreEqual("Shard 1/2 keeps what it counts in a ledger: name its folder with --output DIR. --shard 1/1 evaluates everything here.", noFolder.Sentence);
        Assert.AreEqual($"--json says something of all images, and shard 1/2 has a part: give --json to 'semanticflow merge {_folder["out"]}'.", figures.Sentence);
    }

    [TestMethod]
    public void Merge_OfScoredFolder_TakesNoReport()
    {
        string[] input = Model(1);
        CommandLine.Run("predict", "--model", input[2], "--images", _folder["images"], "--output", _folder["masks"], "--ledger");

        var result = CommandLine.Run("merge", _folder["masks"], "--worst", "3");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "--worst goes with an evaluation");
    }

    [TestMethod]
    public void Evaluate_InASlurmArray_DoesItsPart()
    {
        string[] input = [.. Model(3), "--output", _folder["shards"]];
        (string Name, string? Value)[] variables = [("SLURM_ARRAY_TASK_ID", "2"), ("SLURM_ARRAY_TASK_COUNT", "2"), ("SLURM_ARRAY_TASK_MIN", "1")];
        (string Name, string? Value)[] before = [.. variables.Select(variable => (variable.Name, Environment.GetEnvironmentVariable(variable.Name)))];
        CommandResult result;
        try
        {
            Set(variables);
            result = CommandLine.Run(input);
        }
        finally
        {
            Set(before);
        }

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        StringAssert.StartsWith(result.Output, "shard 2/2: 1 images counted");
        Assert.AreEqual("This is shard 2/2, as the environment variable SLURM_ARRAY_TASK_ID says.", result.Error.Split(Environment.NewLine)[0]);

        static void Set((string Name, string? Value)[] variables)
        {
            foreach (var (name, value) in variables)
                Environment.SetEnvironmentVariable(name, value);
        }
    }

    [TestMethod]
    public void Evaluate_KilledTwice_LosesNothing() => KillAndGoOn(times: 2, images: 40);

    [TestMethod]
    [TestCategory("Nightly")]
    public void Evaluate_KilledTwentyTimes_LosesNothing() => KillAndGoOn(times: 20, images: 400);

    // Whenever it is killed, what the ledger holds stays, and no image is counted twice.
    private void KillAndGoOn(int times, int images)
    {
        string[] input = [.. Model(images), "--workers", "2"];
        var straight = CommandLine.Run([.. input, "--json", "-"]);
        var random = new Random(1);
        string ledger = _folder["out", "shards", "0001-of-0001.ledger"];
        string[] before = [];
        int kills = 0;
        for (int start = 0; start < times; start++)
        {
            using var process = ToolProcess.Start([.. input, "--output", _folder["out"]]);
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            long length = Length(), wanted = length + random.Next(1, 100 * images / times); // a line has some 90 bytes
            SpinWait.SpinUntil(() => process.HasExited || Length() >= wanted);
            kills += process.HasExited ? 0 : 1;
            process.Kill();
            process.WaitForExit();

            string[] lines = File.Exists(ledger) ? [.. File.ReadLines(ledger).Where(line => line.EndsWith('}'))] : [];
            CollectionAssert.AreEqual(before, lines[..before.Length]);
            Assert.HasCount(lines.Length, lines.Distinct().ToArray(), "each image has its line once");
            before = lines;
        }

        var last = CommandLine.Run([.. input, "--output", _folder["out"], "--json", "-"]);
        var merged = CommandLine.Run("merge", _folder["out"], "--json", "-");

        Assert.AreEqual((ExitCode.Done, ExitCode.Done), (last.Code, merged.Code), last.Error + merged.Error);
        Assert.IsGreaterThan(times / 2, kills, "most starts were killed at work");
        Assert.AreEqual(straight.Output, last.Output);
        Assert.AreEqual(straight.Output, merged.Output);
        Assert.HasCount(images + 1, File.ReadLines(ledger).ToArray(), "each image once, after the line of the work");

        long Length() => File.Exists(ledger) ? new FileInfo(ledger).Length : 0;
    }

    // Of every third pixel the label is another class than the model's.
    private string[] Model(int images)
    {
        for (int i = 0; i < images; i++)
        {
            byte[] ids = BrightestChannelModel.SaveImage(_folder.Prepare("images", $"{i:d2}.png"), Height, Width, seed: i).Ids.ToArray();
            for (int at = i % 3; at < ids.Length; at += 3)
                ids[at] = (byte)((ids[at] + 1) % 3);
            new SegmentationMask(Height, Width, ids, BrightestChannelModel.Labels).Save(_folder.Prepare("labels", $"{i:d2}.png"));
        }

        return ["evaluate", "--model", BrightestChannelModel.Save(_folder["model.onnx"]), "--images", _folder["images"], "--labels", _folder["labels"]];
    }
}
