// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What people read who do not know the tool yet, and what shells ask it.</summary>
[TestClass]
public sealed class HelpTests
{
    [TestMethod]
    public void Run_NameAlone_ShowsFirstStepsThatParse()
    {
        var result = CommandLine.Run();

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        string[] steps = [.. result.Output.Split('\n').Where(line => line.StartsWith("    semanticflow ", StringComparison.Ordinal)).Select(line => line.Trim())];
        Assert.HasCount(5, steps);
        foreach (string step in steps)
            Assert.AreNotEqual(ExitCode.Usage, CommandLine.Run([.. step.Split(' ')[1..], "--help"]).Code, step);
    }

    [TestMethod]
    public void Train_Help_ShowsTheFirstOptionsAndWhereTheOthersAre()
    {
        var few = CommandLine.Run("train", "--help");
        var all = CommandLine.Run("train", "--help", "all");

        Assert.AreEqual((ExitCode.Done, ExitCode.Done), (few.Code, all.Code));
        Assert.Contains("--time <TIME>", few.Output);
        Assert.DoesNotContain("--momentum", few.Output);
        Assert.Contains("'semanticflow train --help all' shows the other", few.Output);
        Assert.Contains("--momentum <X>", all.Output);
        Assert.Contains("\nOptimiser:\n", all.Output);
    }

    [TestMethod]
    public void Train_HelpAll_HasAHeadingForEveryOption()
    {
        var result = CommandLine.Run("train", "--help", "all");

        string other = result.Output[(result.Output.IndexOf("\nOther:\n", StringComparison.Ordinal) + 1)..];
        string[] options = [.. other[..other.IndexOf("\n\n", StringComparison.Ordinal)].Split('\n').Where(line => line.StartsWith("  -", StringComparison.Ordinal))];
        CollectionAssert.AreEqual(new[] { "-h, -?, --help", "--verbose", "--quiet" }, options.Select(line => line[2..30].TrimEnd()).ToArray());
    }

    [TestMethod]
    [DataRow("import")]
    [DataRow("train")]
    [DataRow("evaluate")]
    [DataRow("predict")]
    [DataRow("export")]
    [DataRow("benchmark")]
    [DataRow("dataset")]
    [DataRow("dataset import")]
    [DataRow("networks")]
    [DataRow("doctor")]
    public void Help_OfEveryCommand_KeepsWithinTheColumnsUnlessAWordIsLonger(string command)
    {
        foreach (string line in CommandLine.Run([.. command.Split(' '), "--help", "all"]).Output.Split('\n'))
            Assert.IsTrue(line.Length <= 100 || line.Trim().Split(' ') is [_] || line.TrimStart().StartsWith('-'), line);
    }

    [TestMethod]
    [DataRow("semanticflow pre", "predict")]
    [DataRow("semanticflow train --optimizer ad", "adam adamw")]
    [DataRow("semanticflow train --class-uniform-t", "--class-uniform-tile")]
    public void Suggest_LineToGoOn_GivesAWordALine(string line, string expected)
    {
        var result = CommandLine.Run($"[suggest:{line.Length.ToString(CultureInfo.InvariantCulture)}]", line);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        CollectionAssert.AreEqual(expected.Split(' '), result.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [TestMethod]
    [DataRow("bash", "complete -o default -F _semanticflow semanticflow")]
    [DataRow("zsh", "compdef _semanticflow semanticflow")]
    [DataRow("fish", "complete -c semanticflow")]
    [DataRow("pwsh", "Register-ArgumentCompleter")]
    public void Completion_OfAShell_PrintsItsScript(string shell, string line)
    {
        var result = CommandLine.Run("completion", shell);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.Contains(line, result.Output);
        Assert.AreEqual(ExitCode.Usage, CommandLine.Run("completion", "csh").Code);
    }

    [TestMethod]
    public void Run_Quiet_ShowsNoProgressAndEveryWarning()
    {
        using var data = new TinyDataset();
        string[] command = ["evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", "left,right,never"];

        var loud = CommandLine.Run(command);
        var quiet = CommandLine.Run([.. command, "--quiet"]);

        Assert.Contains("evaluating: 2 of 2", loud.Error);
        Assert.AreEqual(ExitCode.Done, quiet.Code, quiet.Error);
        Assert.AreEqual("warning: No label has a pixel of 'never'.", quiet.Error.Trim().Split(" Look", 2)[0]);
        Assert.AreEqual(loud.Output, quiet.Output);
    }
}
