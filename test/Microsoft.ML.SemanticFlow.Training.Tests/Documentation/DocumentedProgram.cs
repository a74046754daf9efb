// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Documentation;

/// <summary>A piece of C# that people read, in a page or as the example of a type.</summary>
/// <param name="Source">The page, from the root of the repository, or the member of the documentation file, such as T:Microsoft.ML.SemanticFlow.LabelMap.</param>
/// <param name="Line">The line where the code begins.</param>
/// <param name="Code">The code.</param>
/// <param name="Mark">What stands behind "csharp": "gpu", "web" and "notebook" say why it is compiled and not run. Null for code that runs.</param>
/// <param name="Printed">What the page says that it prints; null where it says nothing.</param>
public sealed partial record DocumentedProgram(string Source, int Line, string Code, string? Mark, string? Printed)
{
    private static readonly string[] _others = ["samples/", "deploy/"];

    /// <summary>Those of the READMEs and the guide; samples are projects. A block of the language "output" behind one is what it prints.</summary>
    public static IReadOnlyList<DocumentedProgram> OfPages { get; } =
        [.. MarkdownPage.All.Where(page => !_others.Any(folder => page.Path.StartsWith(folder, StringComparison.Ordinal))).SelectMany(OfPage)];

    /// <summary>The examples of the public types.</summary>
    public static IReadOnlyList<DocumentedProgram> OfTypes { get; } =
    [
        .. new[] { typeof(SegmentationModel), typeof(SemanticFlowTrainer) }.Select(type => Path.ChangeExtension(type.Assembly.Location, ".xml"))
            .SelectMany(path => XDocument.Load(path).Descendants("member"))
            .Select(member => (Name: (string?)member.Attribute("name") ?? "", Code: member.Elements("example").Elements("code")))
            .Where(member => member.Name.StartsWith("T:", StringComparison.Ordinal))
            .SelectMany(member => member.Code.Select(code => Create(member.Name, 1, null, code.Value, null))),
    ];

    /// <summary>Where it stands.</summary>
    public override string ToString() => $"{Source}:{Line}";

    /// <summary>The same with little to do, so that training is a matter of seconds.</summary>
    public DocumentedProgram Shortened() => this with { Code = Shorten(Code, (Epochs(), "1"), (Crop(), "64"), (Batch(), "2"), (Folds(), "2"), (Minutes(), "FromSeconds(4)")) };

    private static string Shorten(string code, params (Regex What, string To)[] shorter) =>
        shorter.Aggregate(code, (text, one) => one.What.Replace(text, one.To));

    private static IEnumerable<DocumentedProgram> OfPage(MarkdownPage page)
    {
        var blocks = page.CodeBlocks.ToArray();
        for (int i = 0; i < blocks.Length; i++)
        {
            if (blocks[i].Words is not ["csharp", ..])
                continue;
            string? printed = i + 1 < blocks.Length && blocks[i + 1].Words is ["output"] ? blocks[i + 1].Code : null;
            yield return Create(page.Path, blocks[i].Line, blocks[i].Words.ElementAtOrDefault(1), blocks[i].Code, printed);
        }
    }

    // A comment "prints X" is what the line prints.
    private static DocumentedProgram Create(string source, int line, string? mark, string code, string? printed)
    {
        var said = Prints().Matches(code).Select(match => match.Groups["text"].Value.TrimEnd()).ToArray();
        return new(source, line, code, mark, printed?.TrimEnd() ?? (said.Length > 0 ? string.Join('\n', said) : null));
    }

    [GeneratedRegex("// prints (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Prints();

    [GeneratedRegex("(?<=Epochs = )\\d+")]
    private static partial Regex Epochs();

    [GeneratedRegex("(?<=Crop(Height|Width) = )\\d+")]
    private static partial Regex Crop();

    [GeneratedRegex("(?<=BatchSize = )\\d+")]
    private static partial Regex Batch();

    [GeneratedRegex("(?<=numberOfFolds: )\\d+")]
    private static partial Regex Folds();

    [GeneratedRegex("FromMinutes\\(\\d+\\)")]
    private static partial Regex Minutes();
}
