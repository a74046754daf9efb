// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Which images of an evaluation a page shows: the worst, some in the middle, the best, and those behind the largest confusions.</summary>
internal sealed class ImageSelection
{
    private const int MostWorst = 8, MostOthers = 4, MostConfused = 12;

    public ImageSelection(SegmentationEvaluation evaluation, ConfusedImages confused)
    {
        SegmentationImageResult[] ordered = [.. evaluation.Images.Where(image => image.Name is not null && !double.IsNaN(image.MeanIoU)).OrderBy(image => image.MeanIoU)];
        int worst = Math.Min(MostWorst, (ordered.Length + 1) / 2), best = Math.Min(MostOthers, ordered.Length - worst);
        int between = ordered.Length - worst - best, median = Math.Min(MostOthers, between);
        Worst = ordered[..worst];
        Median = ordered.AsSpan(worst + ((between - median) / 2), median).ToArray();
        Best = [.. ordered[^best..].Reverse()];
        var taken = Worst.Concat(Median).Concat(Best).ToHashSet();
        Confused = [.. confused.Largest().Where(taken.Add).Take(MostConfused)];
    }

    /// <summary>The worst first.</summary>
    public IReadOnlyList<SegmentationImageResult> Worst { get; }

    /// <summary>Those around the median.</summary>
    public IReadOnlyList<SegmentationImageResult> Median { get; }

    /// <summary>The best first.</summary>
    public IReadOnlyList<SegmentationImageResult> Best { get; }

    /// <summary>Others, in which the largest confusions happen most.</summary>
    public IReadOnlyList<SegmentationImageResult> Confused { get; }

    /// <summary>All of them.</summary>
    public IEnumerable<SegmentationImageResult> All => Worst.Concat(Median).Concat(Best).Concat(Confused);
}
