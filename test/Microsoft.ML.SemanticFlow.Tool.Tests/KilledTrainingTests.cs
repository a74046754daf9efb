// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>Training processes that are killed, not asked to stop, and gone on with.</summary>
[TestClass]
[DoNotParallelize]
public sealed class KilledTrainingTests
{
    [TestMethod]
    public void Train_KilledAndResumed_EndsWithTheFilesOfAStraightRun()
    {
        using var data = new TinyDataset();

        var straight = CommandLine.Run(Options(data, "straight"));
        int inAnEpoch = Kill(data, "killed", folder => File.Exists(Path.Combine(folder, "last.safetensors")));
        int whileSaving = Kill(data, "killed", folder => new DirectoryInfo(folder).EnumerateFiles("*.partial")
            .Any(file => file is { Exists: true, Length: > 1 << 16 })); // weights, not a record; it may be renamed meanwhile
        var finished = CommandLine.Run(Options(data, "killed"));

        Assert.AreEqual(ExitCode.Done, straight.Code, straight.Error);
        Assert.AreNotEqual(ExitCode.Done, inAnEpoch);
        Assert.AreNotEqual(ExitCode.Done, whileSaving);
        Assert.AreEqual(ExitCode.Done, finished.Code, finished.Error);
        foreach (string file in (string[])["last.safetensors", "previous.safetensors", "best.safetensors", "model.onnx"])
            CollectionAssert.AreEqual(File.ReadAllBytes(data.At("straight", file)), File.ReadAllBytes(data.At("killed", file)), file);
    }

    // Starts a process, kills it as soon as its run folder looks as given, and gives its exit code.
    private static int Kill(TinyDataset data, string run, Func<string, bool> when)
    {
        string folder = Directory.CreateDirectory(data.At(run)).FullName;
        using var process = ToolProcess.Start(Options(data, run));
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        SpinWait.SpinUntil(() => process.HasExited || when(folder));
        process.Kill();
        process.WaitForExit();
        return process.ExitCode;
    }

    private static string[] Options(TinyDataset data, string run) =>
    [
        "train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At(run), "--resume", "--network", "sfnet-dfv1",
        "--epochs", "3", "--batch", "2", "--crop", "32,32", "--threads", "1", "--seed", "1", "--precision", "fp32",
        "--accumulate", "2", "--patience", "9",
    ];
}
