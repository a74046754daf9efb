// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How well predicted masks match the ground truth, over all counted pixels together.</summary>
/// <remarks>
/// With TP, FP, FN the counts of a class: IoU = TP / (TP + FP + FN). Pixels whose actual id is no class do not count; a
/// predicted id that is no class is a wrong prediction. A value that would be 0 / 0 is NaN and left out of the means.
/// </remarks>
public sealed class SemanticSegmentationMetrics
{
    /// <summary>Computes the metrics of counts that were gathered elsewhere.</summary>
    /// <param name="counts">The counts; they are copied.</param>
    public SemanticSegmentationMetrics(SegmentationConfusionMatrix counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ConfusionMatrix = counts.Copy();
        int classes = counts.ClassCount;
        var iou = new double[classes];
        var accuracy = new double[classes];
        double correct = 0, total = 0, weighted = 0;
        for (int id = 0; id < classes; id++)
        {
            double hit = counts[id, id], actual = counts.GetActualCount(id), predicted = counts.GetPredictedCount(id);
            iou[id] = IoU(hit, actual, predicted);
            accuracy[id] = hit / actual;
            correct += hit;
            total += actual;
            if (actual > 0)
                weighted += actual * iou[id];
        }

        PerClassIoU = Array.AsReadOnly(iou);
        PerClassAccuracy = Array.AsReadOnly(accuracy);
        MeanIoU = MeanOfDefined(iou);
        MeanClassAccuracy = MeanOfDefined(accuracy);
        PixelAccuracy = correct / total;
        FrequencyWeightedIoU = weighted / total;
    }

    /// <summary>mIoU: the mean of <see cref="PerClassIoU"/> over the classes that occur, in [0, 1].</summary>
    public double MeanIoU { get; }

    /// <summary>IoU by train id, in [0, 1]; NaN for a class that occurs in neither mask.</summary>
    public IReadOnlyList<double> PerClassIoU { get; }

    /// <summary>The share of pixels whose class is right, in [0, 1].</summary>
    public double PixelAccuracy { get; }

    /// <summary>The mean of <see cref="PerClassAccuracy"/> over the classes that occur in the ground truth, in [0, 1].</summary>
    public double MeanClassAccuracy { get; }

    /// <summary>The share of a class's pixels that were found (its recall), by train id; NaN for a class without any.</summary>
    public IReadOnlyList<double> PerClassAccuracy { get; }

    /// <summary>The mean of the classes' IoU weighted by their share of the ground truth, in [0, 1].</summary>
    public double FrequencyWeightedIoU { get; }

    /// <summary>The counts that all of this comes from, with the names of the classes.</summary>
    public SegmentationConfusionMatrix ConfusionMatrix { get; }

    /// <summary>A table for a fixed-width font: one line a class with IoU, accuracy and pixels of the ground truth, then the means.</summary>
    /// <returns>Lines ending in a line feed.</returns>
    public string GetFormattedTable()
    {
        string[][] rows =
        [
            ["class", "IoU", "accuracy", "pixels"],
            .. ConfusionMatrix.Labels.Classes.Select((label, id) => (string[])
            [
                PrintableText.Line(label.Name), Format(PerClassIoU[id]), Format(PerClassAccuracy[id]),
                ConfusionMatrix.GetActualCount(id).ToString("N0", CultureInfo.InvariantCulture),
            ]),
            [
                "mean", Format(MeanIoU), Format(MeanClassAccuracy),
                Enumerable.Range(0, ConfusionMatrix.ClassCount).Sum(ConfusionMatrix.GetActualCount).ToString("N0", CultureInfo.InvariantCulture),
            ],
        ];
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length))];
        string rule = string.Join("  ", widths.Select(width => new string('-', width)));

        var text = new StringBuilder();
        for (int i = 0; i < rows.Length; i++)
        {
            if (i == 1 || i == rows.Length - 1)
                text.Append(rule).Append('\n');
            text.Append(rows[i][0].PadRight(widths[0]));
            for (int column = 1; column < 4; column++)
                text.Append("  ").Append(rows[i][column].PadLeft(widths[column]));
            text.Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"pixel accuracy {Format(PixelAccuracy)}, frequency-weighted IoU {Format(FrequencyWeightedIoU)}\n").ToString();
    }

    /// <inheritdoc cref="GetFormattedTable"/>
    public override string ToString() => GetFormattedTable();

    private static string Format(double value) => double.IsNaN(value) ? "-" : value.ToString("F4", CultureInfo.InvariantCulture);

    /// <returns>IoU in [0, 1]; NaN when the class occurs in neither mask.</returns>
    internal static double IoU(double hit, double actual, double predicted) => hit / (actual + predicted - hit);

    /// <returns>The mean of the values that are not NaN; NaN where there are none.</returns>
    internal static double MeanOfDefined(ReadOnlySpan<double> values)
    {
        double sum = 0;
        int defined = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                continue;
            sum += value;
            defined++;
        }

        return sum / defined;
    }
}
