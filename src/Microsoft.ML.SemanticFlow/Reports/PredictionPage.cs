// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The page that explains one prediction.</summary>
internal static class PredictionPage
{
    private const int MostNamed = 3;            // classes that one is confused with
    private const double LeastNamed = 0.005;    // of the probability

    public static void Write(SegmentationPrediction prediction, PredictionNumbers numbers, float[] entropy, SegmentationMask second, string title, TextWriter writer)
    {
        var mask = prediction.Mask;
        var painter = new MaskPainter();
        var lines = new MaskPainter(new MaskPainterOptions { Opacity = 0.45, Contour = new MaskContour() });
        using var page = new HtmlPage(writer, title);
        page.Write($"<p class=\"soft\">{HtmlPage.Text(mask.ToString())}</p>\n");
        page.Paragraph(Summary(numbers));
        page.Heading("What it sees");
        var image = prediction.Image;
        page.Write($"<div class=\"sheet\">\n");
        page.Write($"{PagePicture.Figure(image, "The image", isPhotograph: true)}");
        page.Write($"{PagePicture.Figure(lines.Overlay(mask, image), "The classes over the image", isPhotograph: true)}");
        page.Write($"{PagePicture.Figure(painter.Colors(mask), "The mask", isPhotograph: false)}");
        page.Write($"{PagePicture.Figure(painter.Colors(second), "The second choice of each pixel", isPhotograph: false)}");
        page.Write($"</div>\n<p>{string.Concat(Seen(mask, second).Select(key => PageKey.Of(key.Color, key.Name)))}</p>\n");
        page.Heading("How sure it is");
        page.Write($"<div class=\"sheet\">\n");
        var confidence = painter.Map(ConfidenceOf(prediction), mask.Height, mask.Width);
        page.Write($"{PagePicture.Figure(confidence, "Confidence: the probability of each pixel's class", isPhotograph: false)}");
        page.Write($"{PagePicture.Figure(painter.Map(entropy, mask.Height, mask.Width), "Entropy: 0 where one class has it all, 1 where all are alike", isPhotograph: false)}");
        page.Write($"</div>\n<p>{string.Concat(new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(share => PageKey.Of(ColorRamp.At(share), Number(share))))}</p>\n");
        page.Heading("The learned flow");
        WriteFlow(page, prediction.FlowOrNull, numbers.Flow, painter);
        page.Heading("What each class was confused with");
        page.Paragraph("Over the pixels of each class in the mask: the mean probability of the class itself, and of the others.");
        page.Table(["class", "share of the image", "confidence", "entropy", "confused with"], numbers.Classes.Select(row => new[]
        {
            row.Name, BarChart.Percent(row.Share), BarChart.Percent(row.MeanConfidence), Number(row.MeanEntropy), Others(row),
        }));
    }

    private static float[] ConfidenceOf(SegmentationPrediction prediction)
    {
        var ids = prediction.Mask.Ids;
        var all = prediction.Probabilities;
        var confidence = new float[ids.Length];
        for (int i = 0; i < confidence.Length; i++)
            confidence[i] = all[(ids[i] * ids.Length) + i];
        return confidence;
    }

    private static string Summary(PredictionNumbers numbers)
    {
        string sure = $"Mean confidence {BarChart.Percent(numbers.MeanConfidence)}; {BarChart.Percent(numbers.UnsureShare)} of the pixels give their class less than a half.";
        var worst = numbers.Classes.SelectMany(row => row.ConfusedWith.Take(1).Select(other => (row.Name, Other: other.Name, Mass: other.MeanProbability * row.Share)))
            .OrderByDescending(pair => pair.Mass).FirstOrDefault();
        return worst.Name is null ? sure : $"{sure} Most doubt over the image: {worst.Name} or {worst.Other}.";
    }

    private static void WriteFlow(HtmlPage page, SegmentationFlow? flow, PredictionNumbers.OfFlow? numbers, MaskPainter painter)
    {
        if (flow is null || numbers is null)
        {
            page.Paragraph("This network has no flow field: SFNet and SFNet-Lite learn one.");
            return;
        }

        page.Write($"<div class=\"sheet\">\n{PagePicture.Figure(painter.Flow(flow), "From where the finest level takes the coarse features", isPhotograph: false)}</div>\n");
        (string Name, double X, double Y)[] directions = [("right", 1, 0), ("down", 0, 1), ("left", -1, 0), ("up", 0, -1), ("none", 0, 0)];
        page.Write($"<p>{string.Concat(directions.Select(one => PageKey.Of(FlowWheel.At(one.X, one.Y), one.Name)))}</p>\n");
        page.Paragraph(string.Create(
            CultureInfo.InvariantCulture,
            $"{numbers.Height} x {numbers.Width} cells (height x width). Mean length {numbers.MeanVector:0.#} pixels of the image, the longest {numbers.LongestVector:0.#}."));
    }

    private static string Others(PredictionNumbers.OfClass row) => string.Join(", ", row.ConfusedWith.Take(MostNamed).Where(other => other.MeanProbability >= LeastNamed)
        .Select(other => $"{other.Name} {BarChart.Percent(other.MeanProbability)}"));

    private static IEnumerable<(RgbColor Color, string Name)> Seen(SegmentationMask mask, SegmentationMask second)
    {
        var palette = ColorPalette.ForTrainIds(mask.Labels);
        var occurring = mask.Ids.ToArray().Concat(second.Ids.ToArray()).Distinct().Order();
        return occurring.Where(id => id < mask.Labels?.ClassCount).Select(id => (palette[id], mask.Labels!.Classes[id].Name)); // there are labels where one is below their count
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
