// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What the READMEs say of the command line and the networks is so.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    [TestMethod]
    [DataRow("README.md")]
    [DataRow("src/Microsoft.ML.SemanticFlow.Tool/README.md")]
    [DataRow("docs/checkpoints.md")]
    [DataRow("docs/training.md")]
    [DataRow("docs/scoring.md")]
    [DataRow("docs/evaluation.md")]
    [DataRow("docs/scaling.md")]
    public void Readme_CommandLines_Parse(string readme)
    {
        var lines = CommandLines().Matches(RepositoryFiles.ReadAll(readme).Replace("\\\n", " ", StringComparison.Ordinal))
            .Select(match => match.Groups["arguments"].Value.Split('#')[0].Trim())
            .Where(line => line is not ("doctor" or "networks") && !line.Contains('…', StringComparison.Ordinal)).ToArray();

        Assert.AreNotEqual(0, lines.Length);
        foreach (string line in lines)
        {
            // Files of the examples do not exist: whatever parses gets as far as looking for them.
            var result = CommandLine.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            Assert.IsFalse(result.Error.Contains("--help", StringComparison.Ordinal), $"semanticflow {line}: {result.Error}");
        }
    }

    [TestMethod]
    public void Readme_Networks_AreThoseThatExist()
    {
        string readme = RepositoryFiles.ReadAll("README.md");

        var named = NetworkRow().Matches(readme).Select(match => match.Groups["id"].Value).ToArray();

        CollectionAssert.AreEqual(SegmentationNetworks.All.Select(network => network.Id).ToArray(), named);
    }

    [GeneratedRegex("^semanticflow (?<arguments>[a-z].*)$", RegexOptions.Multiline)]
    private static partial Regex CommandLines();

    [GeneratedRegex("^\\| `(?<id>s[fr]net[a-z0-9-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex NetworkRow();
}
