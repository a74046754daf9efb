// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The page of one evaluation, from its numbers and a source of pictures.</summary>
internal static class EvaluationPage
{
    private const string Script = "evaluation.js";

    public static void Write(ReportContent content, Func<string, SegmentationReportImage?>? source, TextWriter writer)
    {
        using var page = new HtmlPage(writer, content.Title, Script);
        var counts = content.Metrics.ConfusionMatrix;
        int[] classes = HeatMap.ClassesOf(counts);
        var confused = content.Kept is { } kept ? new ConfusedImages(kept, classes) : null;
        var gallery = content.Kept is { } images ? new ImageGallery(new ImageSelection(images, confused!), images, source) : null; // both are made where images are kept
        page.Note(SummaryOf(content));
        WriteHeadline(page, content);

        var sections = new List<PageSection>
        {
            new("classes", "Classes", "Classes", section => ClassSections.WriteScores(section, content)),
            new("confusion", "Confusion", "Confusion: what is taken for what", section => WriteConfusion(section, content.Metrics, classes, confused is not null)),
        };
        if (gallery is { Any: true })
            sections.Add(new("images", "Images", "Images: the worst, the median, the best", gallery.Write));
        if (content.Evaluation?.Boundaries is { } boundaries)
            sections.Add(new("boundaries", "Boundaries", "Boundary quality", section => QualitySections.WriteBoundaries(section, content, boundaries)));
        if (content.Evaluation?.ErrorSplit is { } split)
            sections.Add(new("errors", "Errors", "Kinds of errors", section => QualitySections.WriteErrors(section, content, split)));
        if (content.Evaluation?.Calibration is { PixelCount: > 0 } calibration)
            sections.Add(new("calibration", "Calibration", "Calibration: whether confidence means what it says", section => WriteCalibration(section, calibration)));
        sections.Add(new("frequencies", "Frequencies", "Class frequencies", section => ClassSections.WriteFrequencies(section, counts)));
        if (content.Kept is { } suspected && suspected.GetSuspectedLabels() is { Count: > 0 } suspects)
            sections.Add(new("suspects", "Suspects", "Labels that may be wrong", section => QualitySections.WriteSuspects(section, content.Labels, suspects)));
        if (content.Kept is { Sources: { Count: > 1 } sources })
            sections.Add(new("sources", "Sources", "Parts of the data", section => WriteSources(section, sources)));
        if (content.Facts.Count > 0 || content.Command is not null)
            sections.Add(new("origin", "Origin", "How these figures came about", section => WriteOrigin(section, content)));
        page.Sections(sections);

        gallery?.WriteViewer(page);
        WriteData(page, content.Labels, confused, gallery);
    }

    private static string SummaryOf(ReportContent content)
    {
        var counts = content.Metrics.ConfusionMatrix;
        long pixels = Enumerable.Range(0, counts.ClassCount).Sum(counts.GetActualCount);
        string images = content.Evaluation is { } evaluation ? $"{Figure.Count(evaluation.ImageCount)} {(evaluation.ImageCount == 1 ? "image" : "images")}, " : "";
        return $"{images}{Figure.Count(pixels)} pixels that count, {counts.ClassCount} {(counts.ClassCount == 1 ? "class" : "classes")} of label map '{content.Labels.Name}'.";
    }

    private static void WriteHeadline(HtmlPage page, ReportContent content)
    {
        var metrics = content.Metrics;
        page.Write($"<dl class=\"tiles\">\n");
        var intervals = content.Intervals;
        Tile(page, "Mean IoU", metrics.MeanIoU, "main", Figure.Range(intervals?.MeanIoU, Figure.Score));
        Tile(page, "Mean Dice", metrics.MeanDice);
        Tile(page, "Pixel accuracy", metrics.PixelAccuracy, small: Figure.Range(intervals?.PixelAccuracy, Figure.Score));
        Tile(page, "Mean class accuracy", metrics.MeanClassAccuracy);
        Tile(page, "Frequency-weighted IoU", metrics.FrequencyWeightedIoU);
        page.Write($"</dl>\n");
        if (intervals is not null)
            page.Note($"Below a score: in {Figure.Percent(intervals.Level)} of {Figure.Count(intervals.ResampleCount)} random draws of as many images, it lies in this range.");
    }

    /// <summary>A number that is read first.</summary>
    public static void Tile(HtmlPage page, string name, double value, string style = "", string small = "")
    {
        string below = small.Length == 0 ? "" : $"<small>{HtmlPage.Text(small)}</small>";
        page.Write($"<div class=\"tile {style}\"><dt>{HtmlPage.Text(name)}</dt><dd>{Figure.Score(value)}{below}</dd></div>\n");
    }

    /// <summary>The confusion matrix, and its largest confusions as sentences.</summary>
    public static void WriteConfusion(HtmlPage page, SemanticSegmentationMetrics metrics, int[] classes, bool hasImages)
    {
        var counts = metrics.ConfusionMatrix;
        if (classes.Length == 0)
        {
            page.Paragraph("No pixel counts.");
            return;
        }

        if (classes.Length < counts.ClassCount)
        {
            string rule = classes.Length == HeatMap.MostClasses ? "those that are confused most" : "those that occur";
            page.Note($"{classes.Length} of {counts.ClassCount} classes: {rule}. All counts are in the JSON file.");
        }

        page.Write($"""
            <fieldset class="choice" hidden=""><legend>Colour and number of a cell</legend>
            <label><input type="radio" name="heat" value="row" checked="" /> % of the ground truth (row)</label>
            <label><input type="radio" name="heat" value="column" /> % of the prediction (column)</label>
            <label><input type="radio" name="heat" value="log" /> pixels, logarithmic</label>
            </fieldset>

            """);
        page.Note(hasImages
            ? "Blue is right, orange is wrong. A click on a cell, or Enter on it, shows the images behind it; arrow keys go from cell to cell."
            : "Blue is right, orange is wrong. Arrow keys go from cell to cell.");
        page.OpenScroll("Confusion matrix");
        page.Write($"{HeatMap.Draw(counts, classes)}");
        page.CloseScroll();
        page.Write($"<div id=\"cell\" class=\"detail\" aria-live=\"polite\"></div>\n");
        page.Write($"<h3>The largest confusions</h3>\n<ol>\n");
        foreach (var confusion in metrics.GetLargestConfusions())
            page.Write($"<li>{HtmlPage.Text(confusion.ToString())}</li>\n");
        page.Write($"</ol>\n");
    }

    private static void WriteCalibration(HtmlPage page, SegmentationCalibration calibration)
    {
        string tendency = calibration.MeanConfidence > calibration.Accuracy ? "too sure of itself" : "less sure than it could be";
        page.Paragraph(
            $"Of all pixels {Figure.Percent(calibration.Accuracy)} are right, and the mean confidence is {Figure.Percent(calibration.MeanConfidence)}: " +
            $"on the whole the model is {tendency}.");
        page.Write($"<dl class=\"tiles\">\n");
        Tile(page, "Expected calibration error", calibration.ExpectedError);
        Tile(page, "Error of the worst bin", calibration.MaximumError);
        if (!double.IsNaN(calibration.BrierScore))
            Tile(page, "Brier score", calibration.BrierScore);
        if (!double.IsNaN(calibration.NegativeLogLikelihood))
            Tile(page, "Negative log likelihood", calibration.NegativeLogLikelihood);
        page.Write($"</dl>\n{ReliabilityDiagram.Draw(calibration)}");
        page.Note("A bar ends on the dashed line where confidence and accuracy are alike; the red line is how far they are apart. Hover over a bar for its numbers.");
    }

    private static void WriteSources(HtmlPage page, IReadOnlyList<SegmentationSourceResult> sources)
    {
        var table = new SortableTable("Figures of each part").Add("part").Add("images").Add("mean IoU").Add("pixel accuracy");
        foreach (var source in sources)
        {
            table.AddRow(
                new(HtmlPage.Name(source.Source ?? "(none)")), SortableTable.Cell.Number(Figure.Count(source.ImageCount), source.ImageCount),
                SortableTable.Cell.Bar(Figure.Score(source.Metrics.MeanIoU), source.Metrics.MeanIoU),
                SortableTable.Cell.Number(Figure.Score(source.Metrics.PixelAccuracy), source.Metrics.PixelAccuracy));
        }

        table.Write(page);
    }

    private static void WriteOrigin(HtmlPage page, ReportContent content)
    {
        WriteFacts(page, content.Facts);
        WriteCommand(page, content.Command);
    }

    /// <summary>What is said of model, data and machine, in groups.</summary>
    public static void WriteFacts(HtmlPage page, IReadOnlyList<SegmentationReportFact> facts)
    {
        page.Write($"<div class=\"facts\">\n");
        foreach (var group in facts.GroupBy(fact => fact.Group, StringComparer.Ordinal))
        {
            page.Write($"<div><h3>{HtmlPage.Text(group.Key)}</h3>\n<dl>\n");
            foreach (var fact in group)
                page.Write($"<dt>{HtmlPage.Text(fact.Name)}</dt><dd>{HtmlPage.Name(fact.Value)}</dd>\n");
            page.Write($"</dl></div>\n");
        }

        page.Write($"</div>\n");
    }

    public static void WriteCommand(HtmlPage page, string? command)
    {
        if (command is not null)
            page.Write($"<h3>The command that makes this page again</h3>\n<pre tabindex=\"0\"><code>{HtmlPage.Text(command)}</code></pre>\n");
    }

    // Numbers for the script. The serializer escapes what would end the element.
    private static void WriteData(HtmlPage page, LabelMap labels, ConfusedImages? confused, ImageGallery? gallery)
    {
        var names = new List<string>();
        var cells = confused?.ToData(names);
        string data = JsonSerializer.Serialize(new
        {
            classes = labels.Classes.Select(label => label.Name),
            cells,
            names,
            pictures = names.Select(name => gallery?.PlaceOf(name) ?? -1),
        });
        page.Write($"<script type=\"application/json\" id=\"page-data\">{data}</script>\n");
    }
}
