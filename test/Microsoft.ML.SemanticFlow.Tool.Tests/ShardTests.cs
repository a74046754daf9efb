// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>A folder that several processes score, some of which are killed.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ShardTests : IDisposable
{
    private const int Images = 60, Height = 256, Width = 320;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Predict_InShards_IsTheWholeAndMergeSaysWhatIsMissing()
    {
        string model = Draw(5);

        var first = Predict(model, "out", "--shard", "1/2");
        var half = CommandLine.Run("merge", _folder["out"]);
        var second = Predict(model, "out", "--shard", "2/2");
        var whole = CommandLine.Run("merge", _folder["out"]);
        var again = Predict(model, "out", "--shard", "2/2");

        Assert.AreEqual(ExitCode.Done, first.Code, first.Error);
        Assert.AreEqual(ExitCode.FailedCheck, half.Code, half.Error);
        Assert.AreEqual("Shard 2/2 has not begun.\nmissing: 01.png\nmissing: 03.png\n3 of 5 images are done; start the shards again, and they do what is missing.\n",
            half.Output.ReplaceLineEndings("\n"));
        Assert.AreEqual((ExitCode.Done, ExitCode.Done, ExitCode.Done), (second.Code, whole.Code, again.Code));
        Assert.AreEqual("5 of 5 images are done.", whole.Output.Trim());
        Assert.Contains("0 masks in", again.Output);
        Assert.Contains("2 there before", again.Output);
    }

    [TestMethod]
    [DataRow("3/2")]
    [DataRow("half")]
    public void Predict_NoShard_IsUsage(string shard)
    {
        string model = Draw(1);

        var result = Predict(model, "out", "--shard", shard);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        Assert.AreEqual($"--shard: '{shard}' is no shard. Write I/N, from 1/N to N/N.", result.Sentence);
    }

    [TestMethod]
    public void Predict_KilledFourTimes_LosesNothing() => KillAndGoOn(times: 4);

    [TestMethod]
    [TestCategory("Nightly")]
    public void Predict_KilledTwentyTimes_LosesNothing() => KillAndGoOn(times: 20);

    // Whenever it is killed, what the ledger says is there, and no more than the images in work are done again.
    private void KillAndGoOn(int times)
    {
        string model = Draw(Images);
        var straight = Predict(model, "straight");
        var random = new Random(1);
        int kills = 0;
        for (int start = 0; start < times; start++)
        {
            using var process = ToolProcess.Start(Command(model, "out", "--ledger", "--workers", "2"));
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            int before = Masks("out"), wanted = before + random.Next(1, 1 + Images / times);
            SpinWait.SpinUntil(() => process.HasExited || Masks("out") >= wanted);
            kills += process.HasExited ? 0 : 1;
            process.Kill();
            process.WaitForExit();

            string[] done = Ledger();
            foreach (string name in done)
                Assert.IsTrue(File.Exists(_folder["out", name]), name);
            Assert.IsLessThanOrEqualTo(2, Masks("out") - done.Distinct().Count(), "each of two workers had one image in work");
        }

        var last = Predict(model, "out", "--ledger");

        Assert.AreEqual((ExitCode.Done, ExitCode.Done), (straight.Code, last.Code), last.Error);
        Assert.IsGreaterThan(times / 2, kills, "most starts were killed at work");
        string[] names = [.. Directory.GetFiles(_folder["straight"], "*.png").Select(path => Path.GetFileName(path))];
        Assert.HasCount(Images, names);
        foreach (string name in names)
            CollectionAssert.AreEqual(File.ReadAllBytes(_folder["straight", name]), File.ReadAllBytes(_folder["out", name]), name);
        Assert.AreEqual(ExitCode.Done, CommandLine.Run("merge", _folder["out"]).Code);
    }

    private string Draw(int images)
    {
        for (int i = 0; i < images; i++)
            BrightestChannelModel.SaveImage(_folder.Prepare("images", $"{i:d2}.png"), Height, Width, seed: i);
        return BrightestChannelModel.Save(_folder["model.onnx"]);
    }

    private string[] Command(string model, string output, params string[] more) =>
        ["predict", "--model", model, "--images", _folder["images"], "--output", _folder[output], .. more];

    private CommandResult Predict(string model, string output, params string[] more) => CommandLine.Run(Command(model, output, more));

    private int Masks(string output) => Directory.Exists(_folder[output]) ? Directory.GetFiles(_folder[output], "*.png").Length : 0;

    // Each line is a checksum, a space and the name as JSON; the first says what the work is.
    private string[] Ledger() => Directory.Exists(_folder["out", "shards"])
        ? [.. Directory.GetFiles(_folder["out", "shards"], "*.ledger").SelectMany(File.ReadLines)
            .Where(line => line.EndsWith(".png\"", StringComparison.Ordinal)).Select(line => line[10..^1])]
        : [];
}
