// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>What a page says of each class.</summary>
internal static class ClassSections
{
    public static void WriteScores(HtmlPage page, ReportContent content)
    {
        var (metrics, counts) = (content.Metrics, content.Metrics.ConfusionMatrix);
        double all = Enumerable.Range(0, counts.ClassCount).Sum(counts.GetActualCount);
        var table = new SortableTable("Scores of each class. A heading sorts by its column.")
            .Add("class").Add("IoU", "hits / (hits + false + missed)").Add("interval", "of IoU, over draws of images")
            .Add("Dice", "2 hits / (2 hits + false + missed)").Add("recall", "share of the class's pixels that are found")
            .Add("precision", "share of the pixels predicted as the class that are it").Add("share", "of the pixels of the ground truth");
        for (int id = 0; id < counts.ClassCount; id++)
        {
            var label = content.Labels.Classes[id];
            double share = counts.GetActualCount(id) / all;
            table.AddRow(
                new(HtmlPage.Named(label)), SortableTable.Cell.Bar(Figure.Score(metrics.PerClassIoU[id]), metrics.PerClassIoU[id]),
                Interval(content.Intervals?.PerClassIoU[id]), Score(metrics.PerClassDice[id]), Score(metrics.PerClassRecall[id]),
                Score(metrics.PerClassPrecision[id]), SortableTable.Cell.Number(Figure.Percent(share), share));
        }

        table.Write(page);
        if (metrics.PerClassIoU.Any(double.IsNaN))
            page.Note($"{Figure.None}: the class occurs neither in the ground truth nor in the predictions, and is left out of the means.");

        static SortableTable.Cell Interval(SegmentationInterval? interval) =>
            SortableTable.Cell.Number(Figure.Range(interval, Figure.Score), interval is null ? double.NaN : interval.Upper - interval.Lower);
        static SortableTable.Cell Score(double value) => SortableTable.Cell.Number(Figure.Score(value), value);
    }

    public static void WriteFrequencies(HtmlPage page, SegmentationConfusionMatrix counts)
    {
        double all = Enumerable.Range(0, counts.ClassCount).Sum(counts.GetActualCount);
        double most = Enumerable.Range(0, counts.ClassCount).Max(id => Math.Max(counts.GetActualCount(id), counts.GetPredictedCount(id))) / all;
        page.Note("Shares of the pixels that count. A class that is predicted much more often than it occurs is one that others are taken for.");
        var table = new SortableTable("Pixels of each class").Add("class").Add("ground truth").Add("predicted").Add("predicted / true").Add("pixels");
        for (int id = 0; id < counts.ClassCount; id++)
        {
            var label = counts.Labels.Classes[id];
            long actual = counts.GetActualCount(id), predicted = counts.GetPredictedCount(id);
            double ratio = (double)predicted / actual;
            table.AddRow(
                new(HtmlPage.Named(label)), Share(actual / all, "one"), Share(predicted / all, "two"),
                SortableTable.Cell.Number(double.IsFinite(ratio) ? FormattableString.Invariant($"{ratio:f2}") : Figure.None, ratio),
                SortableTable.Cell.Number(Figure.Count(actual), actual));
        }

        table.Write(page);

        SortableTable.Cell Share(double share, string style) => SortableTable.Cell.Bar(Figure.Percent(share), share / most, style);
    }
}
