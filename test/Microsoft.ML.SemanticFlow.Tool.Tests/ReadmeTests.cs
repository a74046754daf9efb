// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

/// <summary>What the READMEs say of the command line and the networks is so.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    private static readonly string[][] _commands =
    [
        ["import"], ["train"], ["evaluate"], ["compare"], ["report"], ["runs"], ["predict"], ["export"], ["benchmark"],
        ["dataset"], ["dataset", "import"], ["merge"], ["networks"], ["doctor"],
    ];

    // Of other programs, which pages compare with or start.
    private static readonly string[] _othersOptions = ["--tta", "--fix_bn", "--adam", "tensorboard", "dotnet "];

    public static IEnumerable<object[]> PagesWithCommands =>
        MarkdownPage.All.Select(page => page.Path).Where(path => LinesOf(path).Length > 0).Select(path => new object[] { path });

    [TestMethod]
    [DynamicData(nameof(PagesWithCommands))]
    public void Page_CommandLines_Parse(string page)
    {
        foreach (string line in LinesOf(page))
        {
            // Files of the examples do not exist: whatever parses gets as far as looking for them.
            var result = CommandLine.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            Assert.IsFalse(result.Error.Contains("--help", StringComparison.Ordinal), $"semanticflow {line}: {result.Error}");
        }
    }

    [TestMethod]
    public void PagesWithCommands_ReadmeAndGuide_AreThere()
    {
        var pages = PagesWithCommands.Select(row => (string)row[0]).ToArray();

        foreach (string page in (string[])["command-line", "training", "scoring", "evaluation", "checkpoints", "migrating"])
            CollectionAssert.Contains(pages, $"docs/{page}.md");
        CollectionAssert.Contains(pages, "README.md");
    }

    [TestMethod]
    [DataRow("docs/migrating.md")]
    [DataRow("docs/troubleshooting.md")]
    [DataRow("docs/training.md")]
    [DataRow("docs/scoring.md")]
    public void Page_OptionsInItsText_Exist(string page)
    {
        string help = string.Concat(_commands.Select(command => CommandLine.Run([.. command, "--help", "all"]).Output));

        var unknown = CodeSpan().Matches(RepositoryFiles.ReadAll(page)).Select(match => match.Value)
            .Where(span => !_othersOptions.Any(other => span.Contains(other, StringComparison.Ordinal)))
            .SelectMany(span => OptionName().Matches(span).Select(match => match.Value))
            .Where(option => !Regex.IsMatch(help, $"{option}(?![a-z0-9-])")).Distinct().ToArray();

        Assert.IsEmpty(unknown, string.Join(' ', unknown));
    }

    [TestMethod]
    public void Readme_Networks_AreAmongThoseThatExist()
    {
        var named = NetworkRow().Matches(RepositoryFiles.ReadAll("README.md")).Select(match => match.Groups["id"].Value).ToArray();

        Assert.IsGreaterThan(3, named.Length);
        CollectionAssert.IsSubsetOf(named, SegmentationNetworks.All.Select(network => network.Id).ToArray());
        StringAssert.Contains(RepositoryFiles.ReadAll("README.md"), $"five of {SegmentationNetworks.All.Count};", StringComparison.Ordinal);
    }

    private static string[] LinesOf(string page) =>
    [
        .. CommandLines().Matches(RepositoryFiles.ReadAll(page).Replace("\\\n", " ", StringComparison.Ordinal))
            .Select(match => match.Groups["arguments"].Value.Split('#')[0].Trim())
            .Where(line => line is not ("doctor" or "networks") && !line.Contains('…', StringComparison.Ordinal)),
    ];

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex("(?<![a-z-])--[a-z][a-z0-9-]*")]
    private static partial Regex OptionName();

    [GeneratedRegex("^semanticflow (?<arguments>[a-z].*)$", RegexOptions.Multiline)]
    private static partial Regex CommandLines();

    [GeneratedRegex("^\\| `(?<id>s[fr]net[a-z0-9-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex NetworkRow();
}
