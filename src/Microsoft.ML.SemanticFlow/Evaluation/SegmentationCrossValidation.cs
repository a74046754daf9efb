// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The folds of a cross-validation. Disposing it disposes their models; take what is to stay.</summary>
/// <example>
/// <code>
/// var frames = ml.SemanticSegmentation.Data.Folder("images", "labels", LabelMaps.CamVid);
/// using SegmentationCrossValidation folds = ml.SemanticSegmentation.CrossValidate(frames, pipeline, numberOfFolds: 2);
/// Console.WriteLine(folds);                                   // number of folds, mean and standard deviation of their mIoU
/// </code>
/// </example>
public sealed class SegmentationCrossValidation : IReadOnlyList<SegmentationCrossValidationResult>, IDisposable
{
    private readonly IReadOnlyList<SegmentationCrossValidationResult> _folds;

    internal SegmentationCrossValidation(IReadOnlyList<SegmentationCrossValidationResult> folds, SemanticSegmentationMetrics metrics)
    {
        (_folds, Metrics) = (folds, metrics);

        // NaN when a fold has no pixel that counts: it has no mIoU.
        double[] scores = [.. folds.Select(fold => fold.Metrics.MeanIoU)];
        AverageMeanIoU = scores.Average();
        MeanIoUStandardDeviation = Math.Sqrt(scores.Sum(score => Math.Pow(score - AverageMeanIoU, 2)) / (scores.Length - 1));
    }

    /// <summary>The metrics over the pixels of all folds: its confusion matrix is the sum of theirs, so that each row of the data counts once.</summary>
    public SemanticSegmentationMetrics Metrics { get; }

    /// <summary>The folds' mIoU on average, in [0, 1]. Not the mIoU of <see cref="Metrics"/>: a class that a fold lacks is left out there.</summary>
    public double AverageMeanIoU { get; }

    /// <summary>How far the folds' mIoU are from their average: the sample standard deviation.</summary>
    public double MeanIoUStandardDeviation { get; }

    /// <inheritdoc/>
    public int Count => _folds.Count;

    /// <inheritdoc/>
    public SegmentationCrossValidationResult this[int index] => _folds[index];

    /// <inheritdoc/>
    public IEnumerator<SegmentationCrossValidationResult> GetEnumerator() => _folds.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Number of folds and their mIoU, such as "5 folds: mIoU 0.7012 +- 0.0123", with a decimal point in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} folds: mIoU {AverageMeanIoU:f4} +- {MeanIoUStandardDeviation:f4}");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var fold in _folds)
            (fold.Model as IDisposable)?.Dispose();
    }
}
