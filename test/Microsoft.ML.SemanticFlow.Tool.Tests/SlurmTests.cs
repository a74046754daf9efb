// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.Versioning;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>The job files of deploy/slurm, run by a Slurm of the test's own.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SlurmTests
{
    private const int Images = 500, Height = 48, Width = 64;

    [TestMethod]
    [TestCategory("Nightly")]
    [OSCondition(OperatingSystems.Linux)]
    [UnsupportedOSPlatform("windows")]
    public void Array_OverFiveHundredImages_IsWhatOneProcessMakes()
    {
        using var slurm = new OwnSlurm();
        using var folder = new TemporaryFolder();
        string model = BrightestChannelModel.Save(folder["model.onnx"]);
        for (int i = 0; i < Images; i++)
        {
            string name = $"{i:d3}.png";
            BrightestChannelModel.SaveImage(folder.Prepare("images", name), Height, Width, seed: i);

            // Every other label is that of another image.
            BrightestChannelModel.SaveImage(folder["other.png"], Height, Width, seed: i + i % 2).Save(folder.Prepare("labels", name));
        }

        File.WriteAllText(folder["semanticflow"], $"#!/bin/sh\nexec {string.Join(' ', ToolProcess.Command())} \"$@\"\n");
        File.SetUnixFileMode(folder["semanticflow"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        CommandLine.Run("predict", "--model", model, "--images", folder["images"], "--output", folder["straight"]);
        var straight = CommandLine.Run("evaluate", "--model", model, "--images", folder["images"], "--labels", folder["labels"], "--json", "-");

        string scoring = Submit("--array=1-8", "score.sbatch", model, folder["images"], folder["masks"]);
        string merged = Submit($"--dependency=afterok:{scoring}", "merge.sbatch", folder["masks"]);
        string evaluation = Submit("--array=0-3", "evaluate.sbatch", model, folder["images"], folder["labels"], folder["counts"]);
        string added = Submit($"--dependency=afterok:{evaluation}", "merge.sbatch", folder["counts"], "--json", folder["figures.json"]);
        var end = slurm.Run("sbatch", "--wait", $"--dependency=afterany:{merged}:{added}", "--wrap", "true");

        Assert.AreEqual(0, end.Code, end.Error);
        Assert.AreEqual($"{Images} of {Images} images are done.", File.ReadAllText(Log("merge", merged)).Trim());
        Assert.HasCount(8, Directory.GetFiles(folder["masks", "shards"], "*-of-0008.ledger"));
        string[] names = [.. Directory.GetFiles(folder["straight"], "*.png").Select(path => Path.GetFileName(path))];
        Assert.HasCount(Images, names);
        foreach (string name in names)
            CollectionAssert.AreEqual(File.ReadAllBytes(folder["straight", name]), File.ReadAllBytes(folder["masks", name]), name);
        Assert.AreEqual(straight.Output.Trim(), File.ReadAllText(folder["figures.json"]).Trim(), File.ReadAllText(Log("merge", added)));

        string Submit(string how, string file, params string[] arguments)
        {
            string[] own = ["--parsable", "--cpus-per-task=1", $"--export=ALL,SEMANTICFLOW={folder["semanticflow"]}", how];
            var submitted = slurm.Run("sbatch", [.. own, RepositoryFiles.At("deploy", "slurm", file), .. arguments]);
            Assert.AreEqual(0, submitted.Code, submitted.Error);
            return submitted.Output.Trim();
        }

        string Log(string job, string id) => Path.Combine(slurm.Work, $"semanticflow-{job}-{id}.log");
    }
}
