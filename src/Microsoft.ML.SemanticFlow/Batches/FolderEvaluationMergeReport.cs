// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>The shards of an evaluation, together.</summary>
public sealed class FolderEvaluationMergeReport
{
    internal FolderEvaluationMergeReport(
        SegmentationEvaluation evaluation, FolderMergeReport shards, int lacking, IReadOnlyList<SkippedFile> skipped, IReadOnlyList<SkippedFile> leftOut) =>
        (Evaluation, Shards, LackingCount, Skipped, LeftOut) = (evaluation, shards, lacking, skipped, leftOut);

    /// <summary>What the images of all shards came to: to the last bit what one process comes to, where none is missing.</summary>
    public SegmentationEvaluation Evaluation { get; }

    /// <summary>How far the shards are.</summary>
    public FolderMergeReport Shards { get; }

    /// <summary>Images that could not be used, with the reason, by their path.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>Of these, those that lack their label or their mask: they are none of the images that were shared out.</summary>
    internal int LackingCount { get; }

    /// <summary>Files that hold no image which is read.</summary>
    internal IReadOnlyList<SkippedFile> LeftOut { get; }
}
