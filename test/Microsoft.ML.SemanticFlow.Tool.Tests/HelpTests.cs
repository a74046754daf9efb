// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Testing;

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
    public void Train_Help_SaysWhichDefaultsAreChosenAndWhichArePapers()
    {
        string help = string.Join(' ', CommandLine.Run("train", "--help", "all").Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains("--network <ID> Network id: sfnet-r18,", help);
        Assert.Contains("[default: chosen; paper: sfnet-dfv1]", help);
        Assert.Contains("--crop <H,W> Size of the training crop, multiples of 32. [default: chosen; paper: 1024,1024]", help);
        Assert.Contains("'imagenet' for those that come with the tool, or the authors' or torchvision's file. [default: chosen]", help);
        Assert.Contains("[default: 30m with --preset auto, where no --epochs are given; else no limit]", help);
        Assert.Contains("--flip <P> How often an image is mirrored left to right. [default: 0.5]", help); // no recipe changes it
    }

    [TestMethod]
    public void Help_CommandWhoseOptionsAreAllShown_SpeaksOfNoOthers()
    {
        Assert.DoesNotContain("--help all", CommandLine.Run("predict", "--help").Output);
        Assert.Contains("--help all", CommandLine.Run("train", "--help", "all").Output);
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
    [DataRow("compare", "A B [options]", "  A ")]
    [DataRow("predict", "[IMAGE] [options]", "  IMAGE ")]
    [DataRow("merge", "DIR [options]", "  DIR ")]
    public void Help_CommandWithArguments_SaysWhatTheyAre(string command, string usage, string row)
    {
        var result = CommandLine.Run(command, "--help");

        Assert.Contains($"\nUsage: semanticflow {command} {usage}\n", result.Output);
        Assert.Contains(row, result.Output[result.Output.IndexOf("\nArguments:\n", StringComparison.Ordinal)..result.Output.IndexOf("\nOptions:\n", StringComparison.Ordinal)]);
    }

    // Options are made of the command alone that a line names.
    [TestMethod]
    [DataRow("--quiet", "networks", "--clases", "3")]
    [DataRow("networks", "--clases", "3")]
    public void Run_MistypedOption_IsAnsweredWhereverTheCommandStands(params string[] words) =>
        Assert.StartsWith("There is no option '--clases'. Did you mean --classes?", CommandLine.Run(words).Sentence);

    [TestMethod]
    public void Run_WordsInAFile_AreThoseOfAnyCommand()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["words.txt"], "networks sfnet-dfv1 --classes 7");

        var result = CommandLine.Run($"@{folder["words.txt"]}");

        Assert.AreEqual(CommandLine.Run("networks", "sfnet-dfv1", "--classes", "7").Output, result.Output, result.Error);
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
        string[] command = ["evaluate", "--predictions", data.TrainLabels, "--labels", data.Masks, "--map", "left,right,never"];

        var loud = CommandLine.Run(command);
        var quiet = CommandLine.Run([.. command, "--quiet"]);

        Assert.Contains("evaluating: 2 of 2", loud.Error);
        Assert.AreEqual(ExitCode.Done, quiet.Code, quiet.Error);
        Assert.AreEqual("warning: No label has a pixel of 'never'.", quiet.Error.Trim().Split(" Look", 2)[0]);
        Assert.AreEqual(loud.Output, quiet.Output);
    }
}
