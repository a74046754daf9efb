// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Documentation;

/// <summary>Links between the pages of the repository lead somewhere, headings included.</summary>
[TestClass]
public sealed class LinkTests
{
    private static readonly Dictionary<string, HashSet<string>> _anchors = [];

    [TestMethod]
    public void Pages_RelativeLinks_LeadToFilesAndHeadingsOfTheRepository()
    {
        var broken = MarkdownPage.All.SelectMany(page => page.Links.Select(link => (page.Path, link.Line, link.Target, Fault: Fault(page.Path, link.Target))))
            .Where(link => link.Fault is not null).Select(link => $"{link.Path}:{link.Line}: '{link.Target}' {link.Fault}").ToArray();

        Assert.IsEmpty(broken, string.Join('\n', broken));
    }

    [TestMethod]
    [DataRow("docs/scoring.md#in-int8", null)]
    [DataRow("docs/scoring.md#in-int9", "has no such heading")]
    [DataRow("docs/scorning.md", "is not in the repository")]
    [DataRow("docs", null)]
    [DataRow("#packages", null)]
    [DataRow("#parcels", "has no such heading")]
    [DataRow("https://example.org/nowhere", null)]
    [DataRow("../elsewhere.md", "leads out of the repository")]
    public void Fault_OfALinkInTheReadme_IsFound(string target, string? fault) => Assert.AreEqual(fault, Fault("README.md", target));

    [TestMethod]
    public void Pages_OfDocs_AreAllInTheTableOfContents()
    {
        string contents = RepositoryFiles.ReadAll("docs", "toc.yml");

        var missing = MarkdownPage.All.Select(page => page.Path).Where(path => path.StartsWith("docs/", StringComparison.Ordinal))
            .Select(path => path["docs/".Length..]).Where(path => !contents.Contains($"href: {path}\n", StringComparison.Ordinal)).ToArray();

        Assert.IsEmpty(missing, string.Join(", ", missing));
    }

    // null where the link leads somewhere, or to another machine.
    private static string? Fault(string page, string target)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
            return null;
        string[] parts = target.Split('#', 2);
        string file = parts[0].Length == 0 ? page : Path.GetRelativePath(
            RepositoryFiles.Root, Path.GetFullPath(Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(page)!, Uri.UnescapeDataString(parts[0])))).Replace('\\', '/');
        if (file.StartsWith("..", StringComparison.Ordinal))
            return "leads out of the repository";
        if (!Path.Exists(RepositoryFiles.At(file)))
            return "is not in the repository";
        return parts.Length == 1 || Anchors(file).Contains(parts[1]) ? null : "has no such heading";
    }

    private static HashSet<string> Anchors(string file)
    {
        lock (_anchors)
        {
            if (!_anchors.TryGetValue(file, out var anchors))
                _anchors[file] = anchors = [.. MarkdownPage.All.FirstOrDefault(page => page.Path == file)?.Anchors ?? []];
            return anchors;
        }
    }
}
