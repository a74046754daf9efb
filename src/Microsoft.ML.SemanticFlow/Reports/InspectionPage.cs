// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The page of a data set that was looked at.</summary>
internal static class InspectionPage
{
    private const int MostListed = 200, MostPictured = 12; // of a kind
    private const int ManyClasses = 40, ExamplesOfMany = 1, Examples = 3;

    public static void Write(DatasetInspection inspection, TextWriter writer)
    {
        using var page = new HtmlPage(writer, $"{inspection.Dataset.Title}: what is in it, and what is wrong");
        int wrong = inspection.Findings.Count(finding => !finding.IsNote), notes = inspection.Findings.Count - wrong;
        page.Write($"<p class=\"soft\">{HtmlPage.Text(inspection.Root)}, {HtmlPage.Text(inspection.Labels.ToString())}</p>\n");
        page.Write($"<p class=\"{(wrong == 0 ? "good" : "wrong")}\">{(wrong == 0 ? "Nothing is wrong." : $"{wrong} findings.")}{(notes > 0 ? $" {notes} notes." : "")}</p>\n");
        WriteSplits(page, inspection);
        WriteClasses(page, inspection);
        var pictures = new InspectionPictures(inspection.Files);
        WriteFindings(page, inspection, pictures);
        WriteSheet(page, inspection, pictures);
    }

    private static void WriteSplits(HtmlPage page, DatasetInspection inspection)
    {
        page.Heading("Splits");
        page.Table(["split", "images", "labels", "sizes (height x width)", "ignored pixels"], inspection.Splits.Select(split => new[]
        {
            split.Split.ToString(), Number(split.ImageCount), Number(split.LabelCount), SizesOf(split),
            split.LabelCount == 0 ? "" : BarChart.Percent(split.IgnoredPixels / (double)Math.Max(1, split.IgnoredPixels + split.ClassPixels.Sum())),
        }));
        page.Paragraph($"A training crop that every image holds: {inspection.SuggestedCrop} x {inspection.SuggestedCrop} pixels.");
    }

    private static string SizesOf(DatasetSplitSummary split)
    {
        const int Shown = 3;
        string some = string.Join(", ", split.Sizes.Take(Shown).Select(size => split.Sizes.Count == 1 ? $"{size.Height} x {size.Width}"
            : $"{size.Height} x {size.Width} ({size.Count})"));
        return split.Sizes.Count > Shown ? $"{some} and {split.Sizes.Count - Shown} more" : some;
    }

    private static void WriteClasses(HtmlPage page, DatasetInspection inspection)
    {
        string[] names = [.. inspection.Labels.Classes.Select(label => label.Name)];
        DatasetSplitSummary[] shown = [.. inspection.Splits.Where(split => split.LabelCount > 0 && split.Split is DatasetSplit.Train or DatasetSplit.Validation).Take(2)];
        if (shown.Length == 0)
            return;
        var keys = shown.Select((split, i) => $"<span class=\"key\"><span class=\"swatch {BarChart.ClassOf(i)}\"></span>{split.Split}</span> ");
        FormattableString series = $"<p>{string.Concat(keys)}</p>\n";
        page.Heading("Classes: share of the pixels that count");
        page.Write(series);
        WriteBars(page, "Share of the pixels of each class", names, [.. shown.Select(SharesOfPixels)]);
        page.Heading("Classes: share of the images");
        page.Write(series);
        WriteBars(page, "Share of the images that show each class", names, [.. shown.Select(SharesOfImages)]);
        page.Heading("Weights for the loss");
        if (inspection.SuggestedClassWeights.Count > 0)
        {
            page.Table(["class", "weight"], names.Zip(inspection.SuggestedClassWeights, (name, weight) => new[] { name, weight.ToString("f2", CultureInfo.InvariantCulture) }));
            page.Paragraph(inspection.HasRareClasses
                ? "A class has less than a hundredth of the pixels: --class-weights log takes these weights, --class-uniform 0.5 draws crops around every class."
                : "No class is rare; training without weights is as good.");
        }
    }

    private static void WriteBars(HtmlPage page, string label, string[] names, IReadOnlyList<double>[] shares)
    {
        page.OpenScroll(label);
        page.Write($"{BarChart.Draw(label, names, shares)}");
        page.CloseScroll();
    }

    /// <summary>What share of a split's pixels that count each class has.</summary>
    public static IReadOnlyList<double> SharesOfPixels(DatasetSplitSummary split)
    {
        double total = Math.Max(1, split.ClassPixels.Sum());
        return [.. split.ClassPixels.Select(pixels => pixels / total)];
    }

    private static IReadOnlyList<double> SharesOfImages(DatasetSplitSummary split) => [.. split.ClassImages.Select(images => images / (double)split.LabelCount)];

    private static void WriteFindings(HtmlPage page, DatasetInspection inspection, InspectionPictures pictures)
    {
        if (inspection.Findings.Count == 0)
            return;
        page.Heading("Findings");
        foreach (var same in inspection.Findings.GroupBy(finding => (finding.Kind, finding.IsNote)))
        {
            int count = same.Count();
            page.Write($"<h3>{DatasetFindingText.TitleOf(same.Key.Kind)}{(same.Key.IsNote ? " (notes)" : "")}: {count}</h3>\n<ul>\n");
            foreach (var finding in same.Take(MostListed))
                page.Write($"<li>{HtmlPage.Text(finding.Message)}</li>\n");
            page.Write($"</ul>\n");
            if (count > MostListed)
                page.Paragraph($"{count - MostListed} more are in the JSON.");
            var drawn = same.Where(finding => finding.Path is not null).Take(MostPictured).AsParallel().AsOrdered()
                .Select(finding => (Finding: finding, Html: pictures.Draw(finding.Path!, finding.OtherPath, MarkOf(finding))))
                .Where(picture => picture.Html.Length > 0);
            WriteFigures(page, drawn.Select(picture => (picture.Html, CaptionOf(picture.Finding))));
        }
    }

    private static (int Row, int Column)? MarkOf(DatasetFinding finding) => finding is { Row: { } row, Column: { } column } ? (row, column) : null;

    private static string CaptionOf(DatasetFinding finding)
    {
        string place = finding is { Row: { } row, Column: { } column } ? $", row {row}, column {column}" : "";
        string name = Path.GetFileName(finding.Path!), other = Path.GetFileName(finding.OtherPath) ?? name; // one without a file has no picture
        return $"{(other == name ? name : $"{name}, {other}")}{place}";
    }

    private static void WriteSheet(HtmlPage page, DatasetInspection inspection, InspectionPictures pictures)
    {
        if (inspection.Examples.Count == 0)
            return;
        page.Heading("The first images of each class");
        page.Legend(inspection.Labels);
        int each = inspection.Labels.ClassCount > ManyClasses ? ExamplesOfMany : Examples;
        foreach (var same in inspection.Examples.GroupBy(example => example.ClassId))
        {
            var label = inspection.Labels.Classes[same.Key];
            page.Write($"<h3>{HtmlPage.Swatch(label.Color)}{HtmlPage.Name(label.Name)}</h3>\n");
            var drawn = same.Take(each).AsParallel().AsOrdered().Select(example =>
                (pictures.Draw(example.ImagePath, example.LabelPath), $"{example.Split}, {Path.GetFileName(example.ImagePath)}"));
            WriteFigures(page, drawn);
        }
    }

    private static void WriteFigures(HtmlPage page, IEnumerable<(string Html, string Caption)> figures)
    {
        page.Write($"<div class=\"sheet\">\n");
        foreach (var (html, caption) in figures)
            page.Write($"<figure><div class=\"pair\">{html}</div><figcaption>{HtmlPage.Text(caption)}</figcaption></figure>\n");
        page.Write($"</div>\n");
    }

    private static string Number(int count) => count.ToString("n0", CultureInfo.InvariantCulture);
}
