// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far the shards of a folder are, together.</summary>
/// <example>
/// <code>
/// var options = new FolderScoringOptions { KeepsLedger = true };
/// ml.SemanticSegmentation.ScoreFolder(segmenter, "photos", "masks", options);
/// var merged = ml.SemanticSegmentation.MergeShards("masks");
/// Console.WriteLine(merged);                                  // prints 4 of 4 images done
/// </code>
/// </example>
public sealed class FolderMergeReport
{
    internal FolderMergeReport(int images, int done, IReadOnlyList<string> missing, IReadOnlyList<WorkShard> missingShards, IReadOnlyList<string> duplicates) =>
        (ImageCount, DoneCount, Missing, MissingShards, Duplicates) = (images, done, missing, missingShards, duplicates);

    /// <summary>Images of all shards.</summary>
    public int ImageCount { get; }

    /// <summary>Of these, scored and written; of an evaluation, counted or skipped.</summary>
    public int DoneCount { get; }

    /// <summary>The names of the others, in the order of the folder: not reached yet, or, of a folder that was scored, left out because they cannot be used.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Shards with images that have not begun.</summary>
    public IReadOnlyList<WorkShard> MissingShards { get; }

    /// <summary>Names of images that several ledgers say are done, such as a ledger and its copy; each counts once.</summary>
    public IReadOnlyList<string> Duplicates { get; }

    /// <summary>Whether every image is done.</summary>
    public bool IsComplete => Missing.Count == 0;

    /// <summary>The counts, such as "4 of 6 images done".</summary>
    public override string ToString() => $"{DoneCount} of {ImageCount} images done";
}
