// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Documentation;

/// <summary>Who searches the page for a message finds it: the page quotes the code.</summary>
[TestClass]
public sealed partial class TroubleshootingTests
{
    // Said by the compiler, ML.NET and System.Text.Json, and typed by people.
    private static readonly string[] _others = ["The type or namespace name", "Could not determine an IDataView type", "The type 'System.ReadOnlySpan", "dotnet "];

    [TestMethod]
    public void Troubleshooting_QuotedMessages_AreInTheSources()
    {
        string sources = string.Concat(Directory.EnumerateFiles(RepositoryFiles.At("src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

        var quoted = Row().Matches(RepositoryFiles.ReadAll("docs", "troubleshooting.md"))
            .SelectMany(row => CodeSpan().Matches(row.Groups["symptom"].Value).Select(match => match.Groups["text"].Value))
            .Where(text => text.Contains(' ', StringComparison.Ordinal) && !_others.Any(other => text.StartsWith(other, StringComparison.Ordinal))).ToArray();
        var unknown = quoted.Where(text => !sources.Contains(text, StringComparison.Ordinal)).ToArray();

        Assert.IsGreaterThan(20, quoted.Length);
        Assert.IsEmpty(unknown, string.Join('\n', unknown));
    }

    [GeneratedRegex(@"^\| (?<symptom>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex CodeSpan();
}
