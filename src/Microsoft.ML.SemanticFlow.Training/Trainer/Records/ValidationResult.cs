// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>What a validation came to.</summary>
/// <param name="Metrics">Over all images.</param>
/// <param name="Sources">Over those of each source, in ordinal order; empty where the set has one alone.</param>
internal sealed record ValidationResult(SemanticSegmentationMetrics Metrics, IReadOnlyList<SegmentationSourceResult> Sources)
{
    /// <param name="bySource">The counts by source; at least one.</param>
    public static ValidationResult Of(IReadOnlyDictionary<string, SegmentationEvaluation> bySource)
    {
        if (bySource.Count == 1)
            return new ValidationResult(bySource.Values.Single().Metrics, []);
        var whole = new SegmentationEvaluation(bySource.Values.First().Labels, keepImages: false);
        foreach (var part in bySource.Values)
            whole.Add(part);
        return new ValidationResult(
            whole.Metrics,
            [.. bySource.OrderBy(part => part.Key, StringComparer.Ordinal).Select(part => new SegmentationSourceResult(part.Key, (int)part.Value.ImageCount, part.Value.Metrics))]);
    }
}
