// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What names of strangers do to the terminal: nothing.</summary>
[TestClass]
public sealed class TerminalTests
{
    private const string Hostile = "a\u001b]0;owned\u0007\u009b31m";
    private const string Shown = "a\\u001b]0;owned\\u0007\\u009b31m";

    [TestMethod]
    public void Evaluate_ClassNamesWithControlCharacters_KeepTheTableWhole()
    {
        using var data = new TinyDataset();
        string map = data.At("map.csv");
        File.WriteAllText(map, $"name,raw_id,train_id,r,g,b\n\"{Hostile}\nb\",0,0,1,2,3\nright,1,1,4,5,6\n");

        var result = CommandLine.Run("evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", map);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        AssertPlain(result);
        string[] lines = result.Output.TrimEnd().Split('\n');
        Assert.HasCount(7, lines); // head, rule, two classes, rule, mean, accuracy
        StringAssert.StartsWith(lines[2], Shown + "\\nb  1.0000");
    }

    [TestMethod]
    public void Predict_FileNamesWithControlCharacters_AreWrittenAsEscapes()
    {
        using var data = new TinyDataset();
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Windows has no such names.");
        File.WriteAllText(Path.Combine(data.Images, $"{Hostile}.png"), "no image");
        string model = Path.Combine(AppContext.BaseDirectory, "Data", "tiny-scoring.onnx");

        var stopped = CommandLine.Run("predict", "--model", model, "--images", data.Images, "--output", data.At("masks"));
        var skipped = CommandLine.Run("predict", "--model", model, "--images", data.Images, "--output", data.At("masks"), "--on-error", "skip", "--json");
        var folder = CommandLine.Run("predict", "--model", model, "--images", $"{Hostile}", "--output", data.At("masks"));

        Assert.AreEqual(ExitCode.BadInput, stopped.Code);
        Assert.AreEqual(ExitCode.Done, skipped.Code, skipped.Error);
        foreach (var result in (CommandResult[])[stopped, skipped, folder])
        {
            AssertPlain(result);
            StringAssert.Contains(result.Error, Shown);
        }

        using var json = JsonDocument.Parse(skipped.Output);
        Assert.AreEqual(Path.Combine(data.Images, $"{Hostile}.png"), json.RootElement.GetProperty("skipped")[0].GetProperty("image").GetString());
    }

    [TestMethod]
    public void Run_WordWithControlCharacters_IsWrittenAsEscapes()
    {
        foreach (var result in (CommandResult[])[CommandLine.Run(Hostile), CommandLine.Run("train", "--lr", Hostile, "--output", "run"), CommandLine.Run("train", $"--{Hostile}")])
        {
            Assert.AreEqual(ExitCode.Usage, result.Code);
            AssertPlain(result);
            StringAssert.Contains(result.Sentence, Shown);
        }
    }

    [TestMethod]
    public void Add_CellWithLineBreak_StaysOneRow()
    {
        var table = new TextTable("class", "IoU");
        using var written = new StringWriter();
        table.Add("left\nhand", "0.5");

        table.Write(written);

        Assert.AreEqual("class       IoU\n----------  ---\nleft\\nhand  0.5\n", written.ToString().ReplaceLineEndings("\n"));
    }

    [TestMethod]
    public void Warning_RunOfAWeek_NamesItsDays()
    {
        string? week = TrainingDisplay.Warning(TimeSpan.FromHours(7 * 24), 180, 0.25);

        Assert.IsNotNull(week);
        StringAssert.StartsWith(week, "At this speed, 0.25 images/s, the 180 epochs will take about 7.0 days.");
        Assert.IsNull(TrainingDisplay.Warning(TimeSpan.FromHours(23.9), 180, 0.25));
    }

    private static void AssertPlain(CommandResult result) =>
        Assert.IsFalse((result.Output + result.Error).Any(c => char.IsControl(c) && c is not ('\n' or '\r')), result.Output + result.Error);
}
