// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed partial class ReadmeTests
{
    [TestMethod]
    [DataRow("src/Microsoft.ML.SemanticFlow/README.md")]
    [DataRow("src/Microsoft.ML.SemanticFlow.Training/README.md")]
    public void PackageReadme_CSharp_IsCodeThatTheseTestsCompile(string readme)
    {
        string compiled = Dedent(RepositoryFiles.ReadAll("test", "Microsoft.ML.SemanticFlow.Tool.Tests", "ReadmeSamples.cs"));
        var blocks = CSharpBlock().Matches(RepositoryFiles.ReadAll(readme));

        Assert.AreNotEqual(0, blocks.Count);
        foreach (Match block in blocks)
        {
            string code = Dedent(Using().Replace(block.Groups["code"].Value, "")).Trim('\n');
            Assert.IsTrue(compiled.Contains(code, StringComparison.Ordinal), $"{readme} differs from ReadmeSamples.cs:\n{code}");
        }
    }

    [TestMethod]
    [DataRow("README.md")]
    [DataRow("src/Microsoft.ML.SemanticFlow.Tool/README.md")]
    public void Readme_CommandLines_Parse(string readme)
    {
        var lines = CommandLines().Matches(RepositoryFiles.ReadAll(readme)).Select(match => match.Groups["arguments"].Value.Split('#')[0].Trim())
            .Where(line => line != "doctor" && !line.Contains('…', StringComparison.Ordinal)).ToArray();

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

    private static string Dedent(string code) => Indentation().Replace(code, "");

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex("^using [A-Za-z.]+;\n", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex("^ +", RegexOptions.Multiline)]
    private static partial Regex Indentation();

    [GeneratedRegex("^semanticflow (?<arguments>[a-z].*)$", RegexOptions.Multiline)]
    private static partial Regex CommandLines();

    [GeneratedRegex("^\\| `(?<id>sfnet[a-z0-9-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex NetworkRow();
}
