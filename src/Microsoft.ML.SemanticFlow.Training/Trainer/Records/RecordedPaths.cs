// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>Paths in what a run keeps: relative to its folder, so that a copy of it tells nothing of the machine, and the names of files alone when asked for.</summary>
internal static partial class RecordedPaths
{
    private static readonly char[] _separators = ['/', '\\'];

    /// <summary>A message with the paths in quotes as they are kept.</summary>
    /// <param name="message">The message.</param>
    /// <param name="run">The run; null for one without a folder, which keeps nothing.</param>
    public static string In(string message, TrainingRun? run) =>
        run is null ? message : Quoted().Replace(message, match => $"'{Kept(match.Groups[1].Value, run)}'");

    // In quotes stand classes and networks too, which no separator makes a path.
    private static string Kept(string text, TrainingRun run)
    {
        if (text.IndexOfAny(_separators) < 0)
            return text;
        if (!run.RecordPaths)
            return text[(text.LastIndexOfAny(_separators) + 1)..];
        return Path.IsPathFullyQualified(text) ? Path.GetRelativePath(Path.GetFullPath(run.Directory), text) : text;
    }

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
