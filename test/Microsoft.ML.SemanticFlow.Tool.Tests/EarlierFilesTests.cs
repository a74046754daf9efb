// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What version 0.1 wrote in November 2026 still works: a run that was stopped after its first epoch, and its model.</summary>
/// <remarks>All weights of more than a few numbers are 0, so that the files pack to little. Options, names, shapes and records are as they were written.</remarks>
[TestClass]
public sealed class EarlierFilesTests
{
    [TestMethod]
    public void Train_RunOfVersion01_GoesOnWithItsOptions()
    {
        using var folder = Unpack();

        var result = CommandLine.Run("train", "--output", folder["run"], "--resume", "--data", folder["data"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.Contains("epoch 3/3", result.Error);
        Assert.Contains("grass", result.Output);
        Assert.HasCount(4, File.ReadAllLines(folder["run", "log.csv"]), "a header and three epochs");
    }

    [TestMethod]
    public void Train_RunOfVersion01WithAnotherRate_NamesIt()
    {
        using var folder = Unpack();

        var result = CommandLine.Run("train", "--output", folder["run"], "--resume", "--data", folder["data"], "--lr", "0.25");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        Assert.Contains("LearningRate 0.001, not 0.25", result.Error);
    }

    [TestMethod]
    public void Export_RunOfVersion01_WritesAModelThatPredicts()
    {
        using var folder = Unpack();

        var exported = CommandLine.Run("export", "--model", folder["run"], "--output", folder["again.onnx"]);
        var predicted = CommandLine.Run("predict", "--model", folder["again.onnx"], "--images", folder["data", "val", "images"], "--output", folder["masks"]);

        Assert.AreEqual(ExitCode.Done, exported.Code, exported.Error);
        Assert.AreEqual(ExitCode.Done, predicted.Code, predicted.Error);
    }

    [TestMethod]
    public void Evaluate_ModelOfVersion01_FindsItsClassesAndSizes()
    {
        using var folder = Unpack();

        var result = CommandLine.Run("evaluate", "--model", folder["model.onnx"], "--images", folder["data", "val", "images"], "--labels", folder["data", "val", "labels"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.Contains("sky", result.Output);
    }

    private static TemporaryFolder Unpack()
    {
        var folder = new TemporaryFolder();
        ZipFile.ExtractToDirectory(Path.Combine(AppContext.BaseDirectory, "Data", "files-0.1.zip"), folder.Root);
        return folder;
    }
}
