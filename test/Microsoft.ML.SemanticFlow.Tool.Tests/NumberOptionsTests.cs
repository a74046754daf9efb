// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class NumberOptionsTests
{
    [TestMethod]
    [DataRow("")]
    [DataRow("de-DE")]
    [DataRow("tr-TR")]
    [DataRow("sv-SE")] // its minus sign is not the keyboard's
    public void Train_DecimalPoint_IsThatNumberUnderEveryCulture(string culture)
    {
        using var data = new TinyDataset();

        var result = Under(culture, () => CommandLine.Run(Train(data, "--lr", "0.015625", "--weight-decay", "5e-4")));

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var run = JsonDocument.Parse(File.ReadAllBytes(data.At("run", "run.json")));
        Assert.AreEqual("0.015625", run.RootElement.GetProperty("options").GetProperty("LearningRate").GetString());
        Assert.AreEqual("0.0005", run.RootElement.GetProperty("options").GetProperty("WeightDecay").GetString());
    }

    [TestMethod]
    [DataRow("", "train", "--lr", "0,01", "decimal point")]
    [DataRow("de-DE", "train", "--lr", "0,01", "decimal point")]
    [DataRow("de-DE", "train", "--weight-decay", "0,0005", "decimal point")]
    [DataRow("de-DE", "train", "--epochs", "1.000", "whole number")]
    [DataRow("", "train", "--epochs", "1,000", "whole number")]
    [DataRow("", "train", "--epochs", "99999999999", "whole number")]
    [DataRow("", "train", "--lr", "NaN", "decimal point")]
    [DataRow("", "train", "--momentum", "1e999", "decimal point")]
    [DataRow("sv-SE", "train", "--lr", "\u22121", "decimal point")]
    [DataRow("", "benchmark", "--seconds", "0,5", "decimal point")]
    [DataRow("tr-TR", "evaluate", "--workers", "2,0", "whole number")]
    [DataRow("de-DE", "predict", "--overlap", "0,5", "decimal point")]
    public void Run_NumberInAnotherForm_IsRefusedByName(string culture, string command, string option, string value, string expected)
    {
        string[] required = command switch
        {
            "train" => ["--output", "run"],
            "evaluate" => ["--labels", "labels"],
            "predict" => ["--model", "m.onnx", "--images", "images", "--output", "masks"],
            _ => ["--model", "m.onnx"],
        };

        var result = Under(culture, () => CommandLine.Run([command, option, value, .. required]));

        Assert.AreEqual(ExitCode.Usage, result.Code);
        StringAssert.Contains(result.Sentence, option);
        StringAssert.Contains(result.Sentence, $"'{value}'");
        StringAssert.Contains(result.Sentence, expected);
    }

    [TestMethod]
    public void Train_Help_IsTheSameUnderEveryCulture()
    {
        string expected = CommandLine.Run("train", "--help", "all").Output;

        string german = Under("de-DE", () => CommandLine.Run("train", "--help", "all")).Output;

        StringAssert.Contains(expected, "[default: chosen; paper: 0.0005]");
        Assert.AreEqual(expected, german);
    }

    [TestMethod]
    public void ReadInvariant_KindOfNumberWithoutAReader_IsRefused() =>
        Assert.ThrowsExactly<NotSupportedException>(() => NumberOptions.ReadInvariant(new System.CommandLine.Command("command") { new Option<TimeSpan?>("--time") }));

    private static CommandResult Under(string culture, Func<CommandResult> run)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            return run();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string[] Train(TinyDataset data, params string[] more) =>
    [
        "train", "--preset", "paper", "--dataset", "folder", "--data", data.Root, "--map", TinyDataset.Map, "--output", data.At("run"), "--network", "sfnet-dfv1",
        "--epochs", "1", "--batch", "4", "--crop", "32,32", "--threads", "1", "--seed", "1", "--precision", "fp32", .. more,
    ];
}
