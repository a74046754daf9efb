// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The page of two evaluations beside each other.</summary>
internal static class ComparisonPage
{
    private const int MostImages = 12;

    public static void Write(ComparisonContent content, string? command, TextWriter writer)
    {
        using var page = new HtmlPage(writer, "Comparison of two evaluations", "evaluation.js");
        page.Write($"<p><b>A</b>: {HtmlPage.Name(content.FirstName)}, {HtmlPage.Name(content.First.Title)}<br />");
        page.Write($"<b>B</b>: {HtmlPage.Name(content.SecondName)}, {HtmlPage.Name(content.Second.Title)}</p>\n");
        WriteHeadline(page, content);
        var sections = new List<PageSection>
        {
            new("classes", "Classes", "Classes: IoU of both", section => WriteClasses(section, content)),
            new("confusion", "Confusion", "Confusions that changed most", section => WriteConfusions(section, content)),
        };
        if (content.Images.Count > 0)
            sections.Add(new("images", "Images", "Images: which got better, which worse", section => WriteImages(section, content)));
        sections.Add(new("origin", "Origin", "How these figures came about", section => WriteOrigin(section, content, command)));
        page.Sections(sections);
        page.Write($"<script type=\"application/json\" id=\"page-data\">{JsonSerializer.Serialize(new { classes = Array.Empty<string>() })}</script>\n");
    }

    private static void WriteHeadline(HtmlPage page, ComparisonContent content)
    {
        page.Write($"<dl class=\"tiles\">\n");
        Tile("Mean IoU, B − A", content.MeanIoU, Figure.Range(content.Drawn?.MeanIoU.Difference, Figure.Difference), "main");
        Pair("Mean IoU", content.First.Metrics.MeanIoU, content.Second.Metrics.MeanIoU);
        Pair("Pixel accuracy", content.First.Metrics.PixelAccuracy, content.Second.Metrics.PixelAccuracy);
        Pair("Mean class accuracy", content.First.Metrics.MeanClassAccuracy, content.Second.Metrics.MeanClassAccuracy);
        page.Write($"</dl>\n");

        if (content.Drawn is { } drawn)
        {
            page.Note(
                $"Below the difference: in {Figure.Percent(drawn.Level)} of {Figure.Count(drawn.ResampleCount)} random draws of the images, the same for both, " +
                "it lies in this range." +
                $"{(drawn.MeanIoU.Difference is { Lower: <= 0, Upper: >= 0 } ? " Zero lies in it too, so these images do not tell which is better." : "")}");
        }

        void Tile(string name, double value, string small, string style) => page.Write(
            $"<div class=\"tile {style}\"><dt>{name}</dt><dd class=\"{StyleOf(value)}\">{Figure.Difference(value)}<small>{small}</small></dd></div>\n");

        void Pair(string name, double first, double second) =>
            page.Write($"<div class=\"tile\"><dt>{name}</dt><dd>{Figure.Score(second)}<small>A {Figure.Score(first)}, {Figure.Difference(second - first)}</small></dd></div>\n");
    }

    private static void WriteClasses(HtmlPage page, ComparisonContent content)
    {
        var table = new SortableTable("IoU of each class. A heading sorts by its column.").Add("class").Add("A").Add("B").Add("B − A").Add("interval");
        for (int id = 0; id < content.Labels.ClassCount; id++)
        {
            double first = content.First.Metrics.PerClassIoU[id], second = content.Second.Metrics.PerClassIoU[id], difference = content.IoU(id);
            table.AddRow(
                new(HtmlPage.Named(content.Labels.Classes[id])), SortableTable.Cell.Bar(Figure.Score(first), first), SortableTable.Cell.Bar(Figure.Score(second), second, "two"),
                new($"<span class=\"{StyleOf(difference)}\">{Figure.Difference(difference)}</span>", difference),
                new(HtmlPage.Text(Figure.Range(content.Drawn?.PerClassIoU[id].Difference, Figure.Difference))));
        }

        table.Write(page);
    }

    private static void WriteConfusions(HtmlPage page, ComparisonContent content)
    {
        const int Most = 8;
        var (first, second, classes) = (content.First.Metrics.ConfusionMatrix, content.Second.Metrics.ConfusionMatrix, content.Labels.Classes);
        var changed = from actual in Enumerable.Range(0, first.ClassCount)
                      from predicted in Enumerable.Range(0, first.ClassCount)
                      where actual != predicted
                      let before = (double)first[actual, predicted] / first.GetActualCount(actual)
                      let after = (double)second[actual, predicted] / second.GetActualCount(actual)
                      where Math.Abs(after - before) > 0 // no number where the class is in neither
                      orderby Math.Abs(after - before) descending
                      select (actual, predicted, before, after);
        var table = new SortableTable("Share of a class that is taken for another").Add("class").Add("taken for").Add("A").Add("B").Add("B − A");
        foreach (var (actual, predicted, before, after) in changed.Take(Most))
        {
            table.AddRow(
                new(HtmlPage.Named(classes[actual])), new(HtmlPage.Named(classes[predicted])), SortableTable.Cell.Number(Figure.Percent(before), before),
                SortableTable.Cell.Number(Figure.Percent(after), after),
                new($"<span class=\"{StyleOf(before - after)}\">{Figure.PercentDifference(after - before)}</span>", after - before));
        }

        table.Write(page);
    }

    private static void WriteImages(HtmlPage page, ComparisonContent content)
    {
        ComparisonContent.Pair[] ordered = [.. content.Images.Where(pair => double.IsFinite(pair.Difference)).OrderBy(pair => pair.Difference)];
        int better = ordered.Count(pair => pair.Difference > 0), worse = ordered.Count(pair => pair.Difference < 0);
        page.Paragraph($"Of {Figure.Count(content.Images.Count)} images that both counted, {Figure.Count(better)} are better in B and {Figure.Count(worse)} worse.");
        if (content.Unpaired > 0)
            page.Note($"{Figure.Count(content.Unpaired)} images are in one of the two alone.");
        page.Write($"{PairedChart.Draw(ordered)}");
        WriteList(page, "Improved most in B", ordered.Where(pair => pair.Difference > 0).Reverse().Take(MostImages).ToArray());
        WriteList(page, "Lost most in B", ordered.Where(pair => pair.Difference < 0).Take(MostImages).ToArray());
    }

    private static void WriteList(HtmlPage page, string title, ComparisonContent.Pair[] pairs)
    {
        if (pairs.Length == 0)
            return;
        var table = new SortableTable(title).Add("image").Add("A").Add("B").Add("B − A");
        foreach (var pair in pairs)
        {
            table.AddRow(
                new(HtmlPage.Name(pair.Name)), SortableTable.Cell.Bar(Figure.Score(pair.First), pair.First), SortableTable.Cell.Bar(Figure.Score(pair.Second), pair.Second, "two"),
                new($"<span class=\"{StyleOf(pair.Difference)}\">{Figure.Difference(pair.Difference)}</span>", pair.Difference));
        }

        table.Write(page);
    }

    private static void WriteOrigin(HtmlPage page, ComparisonContent content, string? command)
    {
        foreach (var (letter, report) in new[] { ("A", content.First), ("B", content.Second) })
            EvaluationPage.WriteFacts(page, [.. report.Facts.Select(fact => fact with { Group = $"{letter}: {fact.Group}" })]);
        EvaluationPage.WriteCommand(page, command);
    }

    private static string StyleOf(double difference) => difference switch { > 0 => "better", < 0 => "worse", _ => "same" };
}
