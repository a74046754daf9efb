// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What came of comparing a folder with its labels.</summary>
/// <example>
/// <code>
/// FolderEvaluationReport report = ml.SemanticSegmentation.EvaluateFolder(segmenter, "images", "labels");
/// Console.WriteLine(report);                                  // prints 4 of 4 images counted, 0 done before, 0 skipped
/// Console.WriteLine($"{report.Evaluation.Metrics.MeanIoU:f3}");
/// </code>
/// </example>
public sealed class FolderEvaluationReport
{
    internal FolderEvaluationReport(SegmentationEvaluation evaluation, int images, int counted, int existing, IReadOnlyList<SkippedFile> skipped, TimeSpan elapsed) =>
        (Evaluation, ImageCount, CountedCount, ExistingCount, Skipped, Elapsed) = (evaluation, images, counted, existing, skipped, elapsed);

    /// <summary>What the images of the shard came to, with those of earlier starts.</summary>
    public SegmentationEvaluation Evaluation { get; }

    /// <summary>Images of the shard.</summary>
    public int ImageCount { get; }

    /// <summary>Of these, counted now.</summary>
    public int CountedCount { get; }

    /// <summary>Of these, counted by an earlier start, as the ledger says.</summary>
    public int ExistingCount { get; }

    /// <summary>Images that could not be used, with the reason, by their path: those of the shard, and those of all shards that lack their label or their mask.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; }

    /// <summary>The time that it took.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>The counts, such as "4 of 6 images counted, 1 done before, 1 skipped".</summary>
    public override string ToString() => $"{CountedCount} of {ImageCount} images counted, {ExistingCount} done before, {Skipped.Count} skipped";
}
