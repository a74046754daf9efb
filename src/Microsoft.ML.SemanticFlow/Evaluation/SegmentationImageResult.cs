// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How well the prediction of one image matches its ground truth.</summary>
/// <example>
/// <code>
/// foreach (SegmentationImageResult image in evaluation.Images.OrderBy(image => image.MeanIoU).Take(10))
///     Console.WriteLine($"{image.Name}: {image.MeanIoU:f4}");
/// </code>
/// </example>
public sealed class SegmentationImageResult
{
    private readonly ImageCell[] _cells;
    private readonly MeasureSet _measures;
    private readonly Int128[] _measured;
    private readonly SegmentationSuspect[] _suspects;

    /// <param name="name">What the image is found by.</param>
    /// <param name="source">The part of the data it belongs to.</param>
    /// <param name="ignored">Pixels that do not count.</param>
    /// <param name="cells">The others, by actual id, then by predicted id.</param>
    /// <param name="measures">What else was measured.</param>
    /// <param name="measured">Its numbers.</param>
    /// <param name="suspects">Where the label may be wrong.</param>
    internal SegmentationImageResult(
        string? name, string? source, int ignored, ImageCell[] cells, MeasureSet measures, Int128[] measured, SegmentationSuspect[] suspects) =>
        (Name, Source, Ignored, _cells, _measures, _measured, _suspects) = (name, source, ignored, cells, measures, measured, suspects);

    /// <summary>What the image is found by; null when it was given no name.</summary>
    public string? Name { get; }

    /// <summary>The part of the data it belongs to; null when none was given.</summary>
    public string? Source { get; }

    /// <summary>The mean IoU of the classes that occur in either mask, in [0, 1]; NaN when no pixel counts.</summary>
    public double MeanIoU
    {
        get
        {
            const int classes = LabelMap.IgnoreId;
            Span<double> hit = stackalloc double[classes], actual = stackalloc double[classes], predicted = stackalloc double[classes];
            foreach (var cell in _cells)
            {
                actual[cell.Actual] += cell.Count;
                if (cell.Predicted != LabelMap.IgnoreId)
                    predicted[cell.Predicted] += cell.Count;
                if (cell.Predicted == cell.Actual)
                    hit[cell.Actual] = cell.Count;
            }

            for (int id = 0; id < classes; id++)
                hit[id] = Ratio.IoU(hit[id], actual[id], predicted[id]);
            return Ratio.MeanOfDefined(hit);
        }
    }

    /// <summary>The share of the counted pixels whose class is right, in [0, 1]; NaN when no pixel counts.</summary>
    public double PixelAccuracy => (double)_cells.Where(cell => cell.Actual == cell.Predicted).Sum(cell => (long)cell.Count) / (PixelCount - Ignored);

    /// <summary>The share of pixels that do not count, in [0, 1].</summary>
    public double IgnoredShare => (double)Ignored / PixelCount;

    /// <summary>How well borders are met; null where it is not measured.</summary>
    public SegmentationBoundaryMetrics? Boundaries => _measures.Boundaries(_measured);

    /// <summary>What the wrong pixels are; null where it is not measured.</summary>
    public SegmentationErrorSplit? ErrorSplit => _measures.ErrorSplit(_measured);

    /// <summary>Regions whose label may be wrong, the largest first; none where they are not looked for.</summary>
    public IReadOnlyList<SegmentationSuspect> Suspects => Array.AsReadOnly(_suspects);

    /// <summary>Whether the probabilities mean what they say; null where it is not measured.</summary>
    public SegmentationCalibration? Calibration => _measures.Calibration(_measured);

    internal int Ignored { get; }

    internal ReadOnlySpan<ImageCell> Cells => _cells;

    internal ReadOnlySpan<Int128> Measured => _measured;

    internal long[] SuspectNumbers => [.. _suspects.SelectMany(suspect => suspect.Numbers)];

    internal long PixelCount => Ignored + _cells.Sum(cell => (long)cell.Count);

    /// <summary>By source, name and counts: images that compare as equal are alike in all they hold.</summary>
    internal static int Compare(SegmentationImageResult one, SegmentationImageResult other)
    {
        int order = string.CompareOrdinal(one.Source, other.Source);
        if (order == 0)
            order = string.CompareOrdinal(one.Name, other.Name);
        if (order == 0)
            order = one.Ignored.CompareTo(other.Ignored);
        if (order == 0)
            order = one.Cells.SequenceCompareTo(other.Cells);
        if (order == 0)
            order = one.Measured.SequenceCompareTo(other.Measured);
        return order == 0 ? one.SuspectNumbers.AsSpan().SequenceCompareTo(other.SuspectNumbers) : order;
    }

    internal void AddTo(SegmentationConfusionMatrix counts, Int128[] measured)
    {
        for (int i = 0; i < measured.Length; i++)
            measured[i] += _measured[i];
        counts.Add(LabelMap.IgnoreId, LabelMap.IgnoreId, Ignored);
        foreach (var cell in _cells)
            counts.Add(cell.Actual, cell.Predicted, cell.Count);
    }
}
