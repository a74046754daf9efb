// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Display;
using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How well predicted masks match the ground truth, over all counted pixels together.</summary>
/// <remarks>
/// With TP, FP, FN the counts of a class: IoU = TP / (TP + FP + FN), Dice = 2 TP / (2 TP + FP + FN), precision = TP / (TP + FP), accuracy, which is
/// the class's recall, = TP / (TP + FN). Pixels whose actual id is no class do not count; a predicted id that is no class is a wrong prediction. A
/// value that would be 0 / 0 is NaN and left out of the means.
/// </remarks>
/// <example>
/// <code>
/// Console.WriteLine(metrics.GetFormattedTable());
/// Console.WriteLine($"{metrics.MeanIoU:f3} {metrics.PerClassIoU[3]:f3} {metrics.PixelAccuracy:f3}");
/// </code>
/// </example>
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
        var dice = new double[classes];
        var precision = new double[classes];
        double correct = 0, total = 0, weighted = 0;
        for (int id = 0; id < classes; id++)
        {
            double hit = counts[id, id], actual = counts.GetActualCount(id), predicted = counts.GetPredictedCount(id);
            iou[id] = Ratio.IoU(hit, actual, predicted);
            accuracy[id] = hit / actual;
            dice[id] = 2 * hit / (actual + predicted);
            precision[id] = hit / predicted;
            correct += hit;
            total += actual;
            if (actual > 0)
                weighted += actual * iou[id];
        }

        PerClassIoU = Array.AsReadOnly(iou);
        PerClassAccuracy = Array.AsReadOnly(accuracy);
        PerClassDice = Array.AsReadOnly(dice);
        PerClassPrecision = Array.AsReadOnly(precision);
        MeanIoU = Ratio.MeanOfDefined(iou);
        MeanClassAccuracy = Ratio.MeanOfDefined(accuracy);
        MeanDice = Ratio.MeanOfDefined(dice);
        MeanPrecision = Ratio.MeanOfDefined(precision);
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

    /// <summary>The share of a class's pixels that were found, by train id, in [0, 1]: its accuracy, which is its recall. NaN for a class without any.</summary>
    public IReadOnlyList<double> PerClassAccuracy { get; }

    /// <summary>The same as <see cref="PerClassAccuracy"/>, by the name that goes with precision.</summary>
    public IReadOnlyList<double> PerClassRecall => PerClassAccuracy;

    /// <summary>The same as <see cref="MeanClassAccuracy"/>, by the name that goes with precision.</summary>
    public double MeanRecall => MeanClassAccuracy;

    /// <summary>The share of the pixels predicted as a class that are of it, by train id, in [0, 1]; NaN for a class that is never predicted.</summary>
    public IReadOnlyList<double> PerClassPrecision { get; }

    /// <summary>The mean of <see cref="PerClassPrecision"/> over the classes that are predicted, in [0, 1].</summary>
    public double MeanPrecision { get; }

    /// <summary>Dice coefficient by train id, in [0, 1]: 2 IoU / (1 + IoU); NaN for a class that occurs in neither mask.</summary>
    public IReadOnlyList<double> PerClassDice { get; }

    /// <summary>The mean of <see cref="PerClassDice"/> over the classes that occur, in [0, 1].</summary>
    public double MeanDice { get; }

    /// <summary>F score by train id, in [0, 1]: (1 + b²) P R / (b² P + R) of precision P and recall R.</summary>
    /// <param name="beta">How much recall weighs against precision: above 0. With 1 it is <see cref="PerClassDice"/>, save for classes of which no pixel was found.</param>
    /// <returns>NaN where precision or recall is NaN or both are 0, as mmsegmentation has it.</returns>
    public IReadOnlyList<double> GetPerClassFScore(double beta = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        double square = beta * beta;
        return [.. PerClassPrecision.Zip(PerClassRecall, (precision, recall) => (1 + square) * precision * recall / (square * precision + recall))];
    }

    /// <summary>The mean of <see cref="GetPerClassFScore"/> over the classes of which it is not NaN, in [0, 1].</summary>
    /// <param name="beta">How much recall weighs against precision: above 0.</param>
    public double GetMeanFScore(double beta = 1) => Ratio.MeanOfDefined([.. GetPerClassFScore(beta)]);

    /// <summary>The mean of the classes' IoU weighted by their share of the ground truth, in [0, 1].</summary>
    public double FrequencyWeightedIoU { get; }

    /// <summary>The counts that all of this comes from, with the names of the classes.</summary>
    public SegmentationConfusionMatrix ConfusionMatrix { get; }

    /// <summary>The confusions of most pixels, each as text a sentence.</summary>
    /// <param name="most">How many at most: 0 or more.</param>
    /// <returns>From the one of most pixels on.</returns>
    public IReadOnlyList<SegmentationConfusion> GetLargestConfusions(int most = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        var wrong = ConfusionMatrix.Occupied().Where(cell => cell.Actual != cell.Predicted).ToArray();
        long sum = wrong.Sum(cell => cell.Count);
        return [.. wrong.OrderByDescending(cell => cell.Count).Take(most).Select(cell => new SegmentationConfusion(
            ConfusionMatrix.Labels, cell.Actual, cell.Predicted, cell.Count, ConfusionMatrix.GetActualCount(cell.Actual), sum))];
    }

    /// <summary>A table for a fixed-width font: one line a class with IoU, Dice, precision, accuracy (recall) and pixels of the ground truth, then the means.</summary>
    /// <returns>Lines ending in a line feed.</returns>
    public string GetFormattedTable()
    {
        string[][] rows =
        [
            ["class", "IoU", "Dice", "precision", "accuracy", "pixels"],
            .. ConfusionMatrix.Labels.Classes.Select((label, id) => (string[])
            [
                PrintableText.Line(label.Name), Format(PerClassIoU[id]), Format(PerClassDice[id]), Format(PerClassPrecision[id]), Format(PerClassAccuracy[id]),
                ConfusionMatrix.GetActualCount(id).ToString("N0", CultureInfo.InvariantCulture),
            ]),
            [
                "mean", Format(MeanIoU), Format(MeanDice), Format(MeanPrecision), Format(MeanClassAccuracy),
                Enumerable.Range(0, ConfusionMatrix.ClassCount).Sum(ConfusionMatrix.GetActualCount).ToString("N0", CultureInfo.InvariantCulture),
            ],
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        string rule = string.Join("  ", widths.Select(width => new string('-', width)));

        var text = new StringBuilder();
        for (int i = 0; i < rows.Length; i++)
        {
            if (i == 1 || i == rows.Length - 1)
                text.Append(rule).Append('\n');
            text.Append(rows[i][0].PadRight(widths[0]));
            for (int column = 1; column < widths.Length; column++)
                text.Append("  ").Append(rows[i][column].PadLeft(widths[column]));
            text.Append('\n');
        }

        return text.Append(CultureInfo.InvariantCulture, $"pixel accuracy {Format(PixelAccuracy)}, frequency-weighted IoU {Format(FrequencyWeightedIoU)}\n").ToString();
    }

    /// <inheritdoc cref="GetFormattedTable"/>
    public override string ToString() => GetFormattedTable();

    private static string Format(double value) => double.IsNaN(value) ? "-" : value.ToString("F4", CultureInfo.InvariantCulture);
}
