// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>A file or folder that was passed over, and why.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Reason">Why: a sentence of one that cannot be used; of one that is no image, a few words such as "a hidden folder".</param>
/// <example>
/// <code>
/// var skipped = new List&lt;SkippedFile>();
/// var reading = new ReadingOptions { SkipFaulty = true, Skipped = new Progress&lt;SkippedFile>(skipped.Add) };
/// ml.SemanticSegmentation.ScoreFolder(segmenter, "photos", "masks", new FolderScoringOptions { Reading = reading });
/// Console.WriteLine(SkippedFile.Summarize(skipped));
/// </code>
/// </example>
public sealed record SkippedFile(string Path, string Reason)
{
    /// <summary>What was passed over, in one line: how many for each reason, with an example.</summary>
    /// <param name="files">The files.</param>
    /// <returns>Such as <c>'.git' (a hidden folder); 2 such as 'a.tif' (not read: convert to PNG)</c>.</returns>
    public static string Summarize(IEnumerable<SkippedFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return string.Join("; ", files.GroupBy(file => file.Reason).Select(same =>
        {
            int count = same.Count();
            return $"{(count > 1 ? $"{count} such as " : "")}'{System.IO.Path.GetFileName(same.First().Path)}' ({same.Key})";
        }));
    }
}
