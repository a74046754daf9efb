// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Tool.Commands;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class UsageTests
{
    [TestMethod]
    [DataRow("train", "--bogus")]
    [DataRow("evaluate", "--model")]
    [DataRow("frobnicate", null)]
    [DataRow("predict", null)]
    public void Run_CommandLineThatDoesNotParse_IsUsage(string command, string? option)
    {
        string[] args = option is null ? [command] : [command, option];

        var result = CommandLine.Run(args);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "--help");
    }

    [TestMethod]
    [DataRow("predict", "--images", "--output")]
    [DataRow("evaluate", "--images", "--labels")]
    [DataRow("benchmark")]
    public void Run_GpuOfAToolForProcessors_SaysHowToBuildAnother(string command, params string[] folders)
    {
        if (GpuOption.IsUsable)
            Assert.Inconclusive("skipped: built with the packages for CUDA");
        using var data = new TinyDataset();
        var given = folders.SelectMany(option => new[] { option, option switch { "--images" => data.Images, "--labels" => data.Masks, _ => data.At("masks") } });

        var result = CommandLine.Run([command, .. given, "--model", TestFiles.Find("tiny-scoring.onnx"), "--gpu", "1"]);

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        Assert.StartsWith("--gpu 1 needs a tool with the packages for CUDA", result.Sentence);
    }

    [TestMethod]
    public void Train_GpuOfAToolForProcessors_SaysSoBeforeItChoosesARecipe()
    {
        if (GpuOption.IsUsable)
            Assert.Inconclusive("skipped: built with the packages for CUDA");
        using var data = new TinyDataset();

        var result = CommandLine.Run("train", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--gpu", "0");

        Assert.AreEqual(ExitCode.BadInput, result.Code, result.Error);
        Assert.StartsWith("--gpu 0 needs a tool with the packages for CUDA", result.Sentence);
    }

    [TestMethod]
    [DataRow("trian", "There is no command 'trian'. Did you mean train?")]
    [DataRow("evalute --labels d", "There is no command 'evalute'. Did you mean evaluate?")]
    [DataRow("train --epoch 3", "There is no option '--epoch'. Did you mean --epochs?")]
    [DataRow("predict --modle m.onnx", "There is no option '--modle'. Did you mean --model?")]
    [DataRow("predict --model m.onnx --images i --output o --zzzzzzzzzz", "There is no option '--zzzzzzzzzz'. See")]
    [DataRow("doctor now", "There is no argument 'now'. See")]
    [DataRow("zzzzzzzzzz", "There is no command 'zzzzzzzzzz'. See")]
    public void Run_WordMistyped_SuggestsTheOneMeant(string line, string expected)
    {
        var result = CommandLine.Run(line.Split(' '));

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.StartsWith(result.Sentence, expected);
    }

    [TestMethod]
    [DataRow("--crop", "100,96", "multiple of 32")]
    [DataRow("--crop", "96", "H,W")]
    [DataRow("--scale", "1", "MIN,MAX")]
    [DataRow("--network", "sfnet-x", "sfnet-dfv1")]
    [DataRow("--epochs", "0", "at least 1")]
    [DataRow("--lr", "-1", "greater than 0")]
    [DataRow("--loss", "hinge", "ohem")]
    [DataRow("--auxiliary-weights", "0.4;1", "not a number")]
    [DataRow("--flip", "11", "from 0 to 1")]
    [DataRow("--map", "nowhere", "CamVid")]
    public void Train_OptionOutOfRange_NamesTheOptionAndWhatItTakes(string option, string value, string expected)
    {
        using var data = new TinyDataset();
        string[] args = ["train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--output", data.At("run"), option, value];

        var result = CommandLine.Run(option == "--map" ? args : [.. args, "--map", TinyDataset.Map]);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, option);
        StringAssert.Contains(result.Sentence, expected);
    }

    [TestMethod]
    [DataRow("--scales", "0.5,0", "above 0")]
    [DataRow("--scales", "0.5;1", "not a number")]
    [DataRow("--sliding", "96", "H,W")]
    [DataRow("--sliding", "16,96", "at least 32")]
    [DataRow("--overlap", "0.5", "--sliding")]
    [DataRow("--blend", "cosine", "linear")]
    public void Predict_PassesOutOfRange_NamesTheOptionAndWhatItTakes(string option, string value, string expected)
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("predict", "--model", data.At("model.onnx"), "--images", data.Images, "--output", data.At("masks"), option, value);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, option);
        StringAssert.Contains(result.Sentence, expected);
    }

    [TestMethod]
    public void Evaluate_PassesWithPredictions_IsUsage()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("evaluate", "--predictions", data.Masks, "--labels", data.Masks, "--map", TinyDataset.Map, "--flip");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "--model");
    }

    [TestMethod]
    public void Evaluate_NeitherModelNorPredictions_IsUsage()
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run("evaluate", "--labels", data.Masks);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, "--predictions");
    }

    [TestMethod]
    public void Run_Help_ListsEveryCommand()
    {
        var result = CommandLine.Run("--help");

        Assert.AreEqual(ExitCode.Done, result.Code);
        foreach (string command in (string[])["import", "train", "evaluate", "predict", "export", "doctor"])
            StringAssert.Contains(result.Output, command);
    }
}
