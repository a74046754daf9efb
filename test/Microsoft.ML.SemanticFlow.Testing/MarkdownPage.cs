// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>A page of the repository that people read: README, docs, the packages' pages.</summary>
public sealed partial class MarkdownPage
{
    // Anchors as GitHub makes them, and docfx after it.
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).UseYamlFrontMatter().UseGenericAttributes().Build();

    private readonly MarkdownDocument _document;

    private MarkdownPage(string path) => (Path, _document) = (path, Markdown.Parse(RepositoryFiles.ReadAll(path), _pipeline));

    /// <summary>Every page that stands in the repository for readers.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md" }
            .Concat(Below("docs")).Concat(Below("build")).Concat(Below("samples")).Concat(Below("deploy")).Concat(Below("src"))
            .Select(path => new MarkdownPage(path)),
    ];

    /// <summary>The path from the root of the repository, with slashes.</summary>
    public string Path { get; }

    /// <summary>What links and pictures point to, with the line each stands in.</summary>
    public IEnumerable<(int Line, string Target)> Links =>
    [
        .. _document.Descendants<LinkInline>().Select(link => (link.Line + 1, link.Url ?? "")),
        .. _document.Descendants<HtmlBlock>().SelectMany(html => HtmlTargets(html.Line + 1, html.Lines.ToString())),
        .. _document.Descendants<HtmlInline>().SelectMany(html => HtmlTargets(html.Line + 1, html.Tag)),
    ];

    /// <summary>The anchors of its headings.</summary>
    public IEnumerable<string> Anchors => _document.Descendants<HeadingBlock>().Select(heading => heading.TryGetAttributes()?.Id ?? "");

    /// <summary>Its blocks of code, in order: the line of the first line of code, the words after the fence, the code.</summary>
    public IEnumerable<(int Line, string[] Words, string Code)> CodeBlocks => _document.Descendants<FencedCodeBlock>().Select(block =>
        (block.Line + 2, $"{block.Info} {block.Arguments}".Split(' ', StringSplitOptions.RemoveEmptyEntries), $"{block.Lines}\n"));

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static IEnumerable<string> Below(string folder) => !Directory.Exists(RepositoryFiles.At(folder)) ? [] :
        Directory.EnumerateFiles(RepositoryFiles.At(folder), "*.md", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(RepositoryFiles.Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<(int Line, string Target)> HtmlTargets(int line, string html) =>
        HtmlTarget().Matches(html).Select(match => (line, match.Groups["target"].Value));

    [GeneratedRegex("(?:href|src|srcset)=\"(?<target>[^\"]*)\"")]
    private static partial Regex HtmlTarget();
}
