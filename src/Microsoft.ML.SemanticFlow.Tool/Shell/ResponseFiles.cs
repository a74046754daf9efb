// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>Files of words, as in <c>@words.txt</c>, on one command line: a line may hold several words, or a note after <c>#</c>.</summary>
internal sealed class ResponseFiles
{
    private readonly HashSet<string> _read = [];

    private ResponseFiles()
    {
    }

    /// <summary>How one command line is parsed.</summary>
    public static ParserConfiguration Configure() => new() { ResponseFileTokenReplacer = new ResponseFiles().TryRead };

    // The parser reads the words that this gives for such files again: one that names itself would have no end.
    private bool TryRead(string path, out IReadOnlyList<string>? words, out string? error)
    {
        (words, error) = (null, null);
        if (!_read.Add(Path.GetFullPath(path.Length == 0 ? "." : path)))
            error = $"'@{path}' is given twice, or names itself. Leave one of them out.";
        else if (!File.Exists(path))
            error = $"There is no file '{path}' of words, which '@{path}' asks for. Of a path that begins with '@', write './@{path}'.";
        else
            words = Read(path, out error);
        return error is null;
    }

    private static string[]? Read(string path, out string? error)
    {
        try
        {
            error = null;
            string text = Csv.Decode(RegularFile.ReadAllBytes(path), $"'@{path}'");
            return [.. text.Split('\n', StringSplitOptions.TrimEntries).Where(line => line is not (['#', ..] or [])).SelectMany(CommandLineParser.SplitCommandLine)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error = Fault.SentenceOf(exception);
            return null;
        }
    }
}
