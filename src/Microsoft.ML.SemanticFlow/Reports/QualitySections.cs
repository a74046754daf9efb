// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>What a page says of borders, of the kinds of errors, and of labels that may be wrong.</summary>
internal static class QualitySections
{
    public static void WriteBoundaries(HtmlPage page, ReportContent content, SegmentationBoundaryMetrics boundaries)
    {
        page.Note(
            "Boundary F asks how much of the predicted and of the true border lies near the other, within a share of the image's diagonal. " +
            "Boundary IoU is IoU of what lies near the borders. " +
            "A trimap is a band around the true borders: where IoU rises fast with its width, borders are nearly met.");
        page.Write($"<dl class=\"tiles\">\n");
        EvaluationPage.Tile(page, "Mean Boundary IoU", boundaries.MeanBoundaryIoU);
        foreach (var score in boundaries.FScores)
            EvaluationPage.Tile(page, $"Mean boundary F, {ToleranceOf(score)}", score.MeanFScore);
        page.Write($"</dl>\n");

        var table = new SortableTable("Borders of each class").Add("class").Add("Boundary IoU").Add("IoU");
        foreach (var score in boundaries.FScores)
            table.Add($"F, {ToleranceOf(score)}");
        for (int id = 0; id < content.Labels.ClassCount; id++)
        {
            double iou = boundaries.PerClassBoundaryIoU[id];
            table.AddRow(
            [
                new(HtmlPage.Named(content.Labels.Classes[id])), SortableTable.Cell.Bar(Figure.Score(iou), iou), Score(content.Metrics.PerClassIoU[id]),
                .. boundaries.FScores.Select(score => Score(score.PerClassFScore[id])),
            ]);
        }

        table.Write(page);
        if (boundaries.Trimaps.Count < 2)
            return;
        page.Write($"<h3>Mean IoU in a band around the borders</h3>\n");
        var chart = new LineChart { Label = "Mean IoU by the width of the band", XTitle = "width of the band to either side, in pixels", Format = value => Figure.Score(value) };
        page.Write($"{chart.Draw(new LineChart.Series("mean IoU", [.. boundaries.Trimaps.Select(band => ((double)band.Width, band.MeanIoU))]))}");
    }

    public static void WriteErrors(HtmlPage page, ReportContent content, SegmentationErrorSplit split)
    {
        double wrong = Math.Max(1, split.WrongCount);
        page.Paragraph(
            $"Of {Figure.Count(split.WrongCount)} wrong pixels {Figure.Percent(split.BorderCount / wrong)} lie near a true border, " +
            $"{Figure.Percent(split.ExtentCount / wrong)} where a region that was found reaches too far, {Figure.Percent(split.MissedCount / wrong)} in regions " +
            $"that were missed as a whole, and {Figure.Percent(split.InventedCount / wrong)} in regions that are not there.");
        page.Write($"""
            <p class="legend"><span class="key"><span class="swatch one"></span>IoU</span> <span class="key"><span class="swatch border"></span>lost near borders</span>
            <span class="key"><span class="swatch extent"></span>lost in extent</span> <span class="key"><span class="swatch whole"></span>lost to whole regions</span></p>

            """);
        var table = new SortableTable("What of each class's IoU is lost, and to what").Add("class").Add("IoU and losses").Add("border").Add("extent").Add("whole regions");
        for (int id = 0; id < content.Labels.ClassCount; id++)
        {
            var errors = split.PerClass[id];
            table.AddRow(
                new(HtmlPage.Named(content.Labels.Classes[id])), new(StackOf(errors), errors.IoU), Score(errors.BorderLoss), Score(errors.ExtentLoss), Score(errors.WholeLoss));
        }

        table.Write(page);
    }

    public static void WriteSuspects(HtmlPage page, LabelMap labels, IReadOnlyList<SegmentationSuspectedLabel> suspects)
    {
        page.Note("Regions of which the model is sure, and the label says otherwise. Either the label is wrong, or the model is at its worst: look at them.");
        var table = new SortableTable("Suspected label errors, the largest first").Add("image").Add("label").Add("model").Add("pixels").Add("confidence").Add("row, column");
        foreach (var found in suspects)
        {
            var suspect = found.Region;
            string place = string.Create(CultureInfo.InvariantCulture, $"{suspect.Row}, {suspect.Column}");
            table.AddRow(
                new(HtmlPage.Name(found.Image.Name ?? "")), new(HtmlPage.Named(labels.Classes[suspect.Actual])),
                new(HtmlPage.Named(labels.Classes[suspect.Predicted])), SortableTable.Cell.Number(Figure.Count(suspect.PixelCount), suspect.PixelCount),
                Score(suspect.MeanConfidence), SortableTable.Cell.Number(place, suspect.Row));
        }

        table.Write(page);
    }

    private static string ToleranceOf(SegmentationBoundaryFScore score) => score.Threshold < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * score.Threshold:0.###} %")
        : string.Create(CultureInfo.InvariantCulture, $"{score.Threshold:0} px");

    private static SortableTable.Cell Score(double value) => SortableTable.Cell.Number(Figure.Score(value), value);

    private static string StackOf(SegmentationClassErrors errors)
    {
        if (double.IsNaN(errors.IoU))
            return Figure.None;
        double x = 0;
        string parts = string.Concat(new[] { ("one", errors.IoU), ("border", errors.BorderLoss), ("extent", errors.ExtentLoss), ("whole", errors.WholeLoss) }.Select(part =>
        {
            string rect = $"<rect class=\"{part.Item1}\" x=\"{Figure.Data(x)}\" width=\"{Figure.Data(100 * part.Item2)}\" height=\"10\" />";
            x += 100 * part.Item2;
            return rect;
        }));
        return $"<span class=\"measure\"><svg class=\"bar stack\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{parts}</svg>" +
            $"<span>{Figure.Score(errors.IoU)}</span></span>";
    }
}
