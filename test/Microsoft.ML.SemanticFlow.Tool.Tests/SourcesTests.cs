// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>Training on several data sets together.</summary>
[TestClass]
public sealed class SourcesTests
{
    [TestMethod]
    public void Train_TwoSources_TellsBothAndGoesOnByItsFolderAlone()
    {
        using var one = new TinyDataset();
        using var two = new TinyDataset();
        string[] tiny = ["--preset", "paper", "--network", "sfnet-dfv1", "--crop", "64,64", "--batch", "2", "--threads", "1", "--seed", "1"];

        var first = CommandLine.Run(
        [
            "train", "--sources", $"one={one.Root},two:folder={two.Root}", "--source-weights", "two=2", "--map", TinyDataset.Map,
            "--output", one.At("run"), "--epochs", "1", "--verbose", .. tiny,
        ]);
        var second = CommandLine.Run("train", "--output", one.At("run"), "--resume", "--epochs", "2");

        Assert.AreEqual(ExitCode.Done, first.Code, first.Error);
        StringAssert.Contains(first.Error, "Source one is read as folder");
        StringAssert.Contains(first.Error, "on 8 images (4 to validate)");
        StringAssert.Contains(first.Error, "Crops by source: one 33 % (4 images), two 67 % (4 images)");
        StringAssert.Contains(first.Output, "on the 2 images of two");
        Assert.AreEqual(ExitCode.Done, second.Code, second.Error);
        CollectionAssert.AreEqual(
            new[] { "1,one,2", "1,two,2", "2,one,2", "2,two,2" },
            File.ReadAllLines(one.At("run", "sources.csv"))[1..].Select(line => string.Join(',', line.Split(',')[..3])).ToArray());
        using var run = JsonDocument.Parse(File.ReadAllBytes(one.At("run", "run.json")));
        string? noted = run.RootElement.GetProperty("starts")[0].GetProperty("notes").GetProperty("--sources").GetString();
        StringAssert.StartsWith(noted, "one=..,two:folder="); // relative to the run
    }

    [TestMethod]
    [DataRow("one", "--sources: 'one' is no source. Write NAME=ROOT")]
    [DataRow("one:kitty=DIR", "There is no data set 'kitty'")]
    [DataRow("one=DIR", "Source 'one' needs --map")]
    [DataRow("one=DIR", "--data does not go with --sources", "--data", "DIR")]
    [DataRow("one=DIR", "'x' is no weight of a source", "--source-weights", "x")]
    [DataRow("one=DIR", "The weight of source 'one' must be greater than 0, not -1.", "--source-weights", "one=-1")]
    public void Train_SourcesThatDoNotHold_SaysWhy(string sources, string sentence, params string[] others)
    {
        using var data = new TinyDataset();

        var result = CommandLine.Run(
        [
            "train", "--sources", sources.Replace("DIR", data.Root, StringComparison.Ordinal), "--output", data.At("run"),
            .. others.Select(other => other == "DIR" ? data.Root : other),
        ]);

        Assert.AreEqual(ExitCode.Usage, result.Code, result.Error);
        StringAssert.Contains(result.Sentence, sentence);
    }
}
