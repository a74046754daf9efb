// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What came of scoring a folder.</summary>
/// <example>
/// <code>
/// var report = ml.SemanticSegmentation.ScoreFolder(segmenter, "photos", "masks");
/// Console.WriteLine(report);                                  // prints 4 of 4 images scored, 0 done before, 0 skipped
/// </code>
/// </example>
public sealed class FolderScoringReport
{
    internal FolderScoringReport(int images, int written, int existing, IReadOnlyList<SkippedFile> skipped, TimeSpan elapsed) =>
        (ImageCount, WrittenCount, ExistingCount, Skipped, Elapsed) = (images, written, existing, skipped, elapsed);

    /// <summary>Images of the shard.</summary>
    public int ImageCount { get; }

    /// <summary>Of these, scored and written now.</summary>
    public int WrittenCount { get; }

    /// <summary>Of these, written by an earlier start, as the ledger says.</summary>
    public int ExistingCount { get; }

    /// <summary>Images that could not be used, with the reason, by their path.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>The time that it took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>The counts, such as "4 of 6 images scored, 1 done before, 1 skipped".</summary>
    public override string ToString() => $"{WrittenCount} of {ImageCount} images scored, {ExistingCount} done before, {Skipped.Count} skipped";
}
