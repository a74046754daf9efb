// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class DatasetLookTests
{
    [TestMethod]
    public void Dataset_NothingWrong_SaysCountsAndWhatToBeginWith()
    {
        using var data = new DrawnDataset();

        var result = CommandLine.Run("dataset", "--data", data.Root);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        Assert.Contains("Taken for folder", result.Error);
        Assert.MatchesRegex(new Regex("^Train +3 +3 +32 x 48 +0 %$", RegexOptions.Multiline), result.Output.ReplaceLineEndings("\n"));
        Assert.Contains("Nothing is wrong.", result.Output);
        Assert.Contains($"semanticflow train --dataset folder --data \"{data.Root}\" --network sfnet-lite-r18 --crop 32,32 --output run", result.Output);
    }

    [TestMethod]
    public void Dataset_SomethingWrong_IsBadInputUnlessItIsAllowed()
    {
        using var data = new DrawnDataset();
        byte[] ids = DrawnDataset.HalfAndHalf();
        ids[DrawnDataset.Width + 2] = 77;
        data.Add("val", "five", ids);
        string[] look = ["dataset", "--kind", "folder", "--data", data.Root];

        var text = CommandLine.Run(look);
        var json = CommandLine.Run([.. look, "--json", "--report", data["page.html"]]);
        var allowed = CommandLine.Run([.. look, "--allow", "unknownid"]);

        Assert.AreEqual(ExitCode.BadInput, text.Code, text.Error);
        Assert.Contains("Unknown ids and colours (UnknownId): 1", text.Output);
        Assert.Contains("holds id 77 at row 1, column 2", text.Output);
        Assert.AreEqual(ExitCode.BadInput, json.Code, json.Error);
        Assert.AreEqual(ExitCode.Done, allowed.Code, allowed.Error);
        Assert.IsTrue(File.Exists(data["page.html"]));
        using var document = JsonDocument.Parse(json.Output);
        var finding = document.RootElement.GetProperty("findings")[0];
        Assert.AreEqual("UnknownId", finding.GetProperty("kind").GetString());
        Assert.AreEqual(1, finding.GetProperty("row").GetInt32());
        Assert.AreEqual("Validation", finding.GetProperty("split").GetString());
        var road = document.RootElement.GetProperty("classes")[0];
        Assert.AreEqual("road", road.GetProperty("name").GetString());
        Assert.AreEqual(3L * DrawnDataset.Height * DrawnDataset.Width / 2, road.GetProperty("pixels").GetProperty("Train").GetInt64());
        Assert.AreEqual(2, road.GetProperty("images").GetProperty("Validation").GetInt32());
    }

    [TestMethod]
    public void Dataset_TreeThatIsNone_AsksForTheKind()
    {
        using var folder = new TemporaryFolder();

        var result = CommandLine.Run("dataset", "--data", folder.Root);

        Assert.AreEqual(ExitCode.Usage, result.Code);
        Assert.Contains("--kind", result.Sentence);
    }

    [TestMethod]
    public void Dataset_NoFolder_IsBadInput()
    {
        using var folder = new TemporaryFolder();

        Assert.AreEqual(ExitCode.BadInput, CommandLine.Run("dataset", "--data", folder["none"]).Code);
        Assert.AreEqual(ExitCode.Usage, CommandLine.Run("dataset").Code);
    }

    [TestMethod]
    public void Dataset_Cancelled_Is130()
    {
        using var data = new DrawnDataset();
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.AreEqual(ExitCode.Cancelled, CommandLine.Run(source.Token, "dataset", "--data", data.Root).Code);
    }
}
