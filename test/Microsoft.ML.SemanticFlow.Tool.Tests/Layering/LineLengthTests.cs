// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Tool.Tests.Layering;

/// <summary>The repository's C# keeps the length of lines that .editorconfig states: editors show that number, but no build checks it.</summary>
[TestClass]
public sealed partial class LineLengthTests
{
    private static readonly string[] _folders = ["build", "samples", "src", "test"];

    [TestMethod]
    public void Lines_OfCSharp_AreNotLongerThanEditorConfigSays()
    {
        int limit = Limit(RepositoryFiles.ReadAll(".editorconfig"));
        string[] files = [.. _folders.SelectMany(folder => CSharpBelow(RepositoryFiles.At(folder)))];

        string[] found = [.. files.SelectMany(file => TooLong(
            Path.GetRelativePath(RepositoryFiles.Root, file).Replace('\\', '/'), File.ReadAllText(file), limit))];

        Assert.IsGreaterThan(500, files.Length, "files that were looked at"); // there are more than 700
        Assert.IsEmpty(found, $"Break these lines, which are longer than {limit} characters:\n{string.Join('\n', found)}");
    }

    [TestMethod]
    public void TooLong_OneLineOfThree_IsNamedWithItsNumber() => CollectionAssert.AreEqual(
        new[] { "a.cs:2: 6" }, TooLong("a.cs", "12345\r\n123456\r\n12345", limit: 5).ToArray());

    [TestMethod]
    public void Limit_SectionsOfOtherFiles_AreNotRead() =>
        Assert.AreEqual(70, Limit("[*.py]\nmax_line_length = 80\n[*.cs]\nindent_size = 4\nmax_line_length = 70\n[*.md]\nmax_line_length = 90\n"));

    private static int Limit(string editorConfig) => int.Parse(CSharpLimit().Match(editorConfig).Groups["limit"].Value, CultureInfo.InvariantCulture);

    private static IEnumerable<string> TooLong(string name, string text, int limit) => text.ReplaceLineEndings("\n").Split('\n').Index()
        .Where(line => line.Item.Length > limit)
        .Select(line => $"{name}:{line.Index + 1}: {line.Item.Length}");

    // What a build writes is nobody's to break.
    private static IEnumerable<string> CSharpBelow(string folder) => Directory.EnumerateFiles(folder, "*.cs")
        .Where(file => !file.EndsWith(".g.cs", StringComparison.Ordinal) && !file.EndsWith(".Designer.cs", StringComparison.Ordinal))
        .Concat(Directory.EnumerateDirectories(folder).Where(inner => Path.GetFileName(inner) is not ("bin" or "obj")).SelectMany(CSharpBelow));

    [GeneratedRegex(@"^\[\*\.cs\]\n(?:[^\[\n].*\n|\n)*?max_line_length = (?<limit>\d+)$", RegexOptions.Multiline)]
    private static partial Regex CSharpLimit();
}
