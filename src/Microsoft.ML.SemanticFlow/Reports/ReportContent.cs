// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The numbers and words of a page of one evaluation: all but its pictures. It is kept beside the page as JSON, and the page can be made from it again.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Facts">What is said of model, data and machine.</param>
/// <param name="Command">The command that makes it again; null for none.</param>
/// <param name="Metrics">Over all images.</param>
/// <param name="Evaluation">What the metrics come from; null where only the metrics are known.</param>
internal sealed record ReportContent(
    string Title, IReadOnlyList<SegmentationReportFact> Facts, string? Command, SemanticSegmentationMetrics Metrics, SegmentationEvaluation? Evaluation)
{
    // Each is drawn again a thousand times.
    private const int MostDrawn = 50_000;

    public LabelMap Labels => Metrics.ConfusionMatrix.Labels;

    /// <summary>The evaluation, if it remembers its images.</summary>
    public SegmentationEvaluation? Kept => Evaluation is { KeepsImages: true } ? Evaluation : null;

    /// <summary>How far the figures depend on which images were taken; null where images are not remembered, or are too few or too many to draw from.</summary>
    public SegmentationIntervals? Intervals { get; } =
        Evaluation is { KeepsImages: true, ImageCount: > 1 and <= MostDrawn } ? SegmentationIntervals.Estimate(Evaluation) : null;

    public static ReportContent Of(SemanticSegmentationMetrics metrics, SegmentationEvaluation? evaluation, SegmentationReportOptions? options)
    {
        var labels = metrics.ConfusionMatrix.Labels;
        return new ReportContent(options?.Title ?? $"Evaluation: {labels.Name}", options?.Facts ?? [], options?.Command, metrics, evaluation);
    }
}
