// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class NetworksTests
{
    // Multiply-accumulates that the authors' implementation counts, less those of the branches it computes and throws away.
    private static readonly Dictionary<string, long> _counted = new()
    {
        ["sfnet-r18"] = 242_964_627_456,
        ["sfnet-lite-r18"] = 177_947_148_288,
        ["sfnet-dfv1"] = 32_726_384_640,
        ["sfnet-lite-stdc1"] = 74_148_741_120,
    };

    [TestMethod]
    public void Networks_Json_CountsAsTheOriginalDoes()
    {
        var result = CommandLine.Run(["networks", .. _counted.Keys, "--json"]);

        Assert.AreEqual(ExitCode.Done, result.Code, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var rows = json.RootElement.EnumerateArray().ToDictionary(row => row.GetProperty("id").GetString()!);
        CollectionAssert.AreEqual(_counted.Keys, rows.Keys);
        foreach (var (id, count) in _counted)
            Assert.AreEqual(count, rows[id].GetProperty("multiplyAccumulates").GetInt64(), id);
        Assert.AreEqual(12_869_715, rows["sfnet-r18"].GetProperty("parameters").GetInt64());
        Assert.AreEqual(0.79, rows["sfnet-r18"].GetProperty("publishedMeanIoU").GetDouble());
    }

    [TestMethod]
    public void Networks_Markdown_IsTheTableOfTheDocumentation()
    {
        var result = CommandLine.Run("networks", "--markdown");

        Assert.Contains(
            result.Output.ReplaceLineEndings("\n"), RepositoryFiles.ReadAll("docs/networks.md"), "Write the output of 'semanticflow networks --markdown' into docs/networks.md.");
    }

    [TestMethod]
    public void Networks_UnknownId_NamesThoseThereAre()
    {
        var result = CommandLine.Run("networks", "sfnet-dfv3");

        Assert.AreEqual(ExitCode.Usage, result.Code);
        Assert.Contains("sfnet-dfv1", result.Error);
    }

    [TestMethod]
    public void Networks_ImageTooSmall_IsOneSentence()
    {
        var result = CommandLine.Run("networks", "sfnet-dfv1", "--height", "16");

        Assert.AreEqual(ExitCode.BadInput, result.Code);
        Assert.Contains("32", result.Error);
        Assert.AreEqual(1, result.Error.TrimEnd().Split('\n').Length);
    }
}
