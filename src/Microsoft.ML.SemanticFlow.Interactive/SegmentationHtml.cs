// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Net;
using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Interactive;

/// <summary>Values as HTML that stands by itself: pictures are in it, and nothing is loaded.</summary>
internal static class SegmentationHtml
{
    private const int LongestSide = 640;        // of a picture, in pixels
    private const int MostClasses = 60;         // that a picture's list names
    private const string KeyStyle = "margin-right:12px;white-space:nowrap", CellStyle = "padding-left:16px";

    private static readonly MaskPainter _painter = new();

    public static string Of(SegmentationMask mask) => Figure(_painter.Colors(mask), mask.ToString(), isPhotograph: false) + ClassesOf(mask);

    public static string Of(SegmentationPicture picture) => Figure(picture, picture.ToString(), isPhotograph: false);

    public static string Of(SegmentationFlow flow) => Figure(_painter.Flow(flow), TextOf(flow), isPhotograph: false);

    public static string Of(SegmentationPrediction prediction)
    {
        var (mask, details) = (prediction.Mask, prediction.Details);
        var figures = new List<string>
        {
            details.HasFlag(PredictionDetails.Image)
                ? Figure(_painter.Overlay(prediction), mask.ToString(), isPhotograph: true)
                : Figure(_painter.Colors(mask), mask.ToString(), isPhotograph: false),
        };
        if (details.HasFlag(PredictionDetails.Confidence))
            figures.Add(Figure(_painter.Confidence(prediction), "confidence: dark for 0, yellow for 1", isPhotograph: false));
        if (details.HasFlag(PredictionDetails.Probabilities))
            figures.Add(Figure(_painter.Map(prediction.GetEntropy(), mask.Height, mask.Width), "entropy: dark for sure, yellow for undecided", isPhotograph: false));
        if (details.HasFlag(PredictionDetails.Flow))
            figures.Add(Of(prediction.Flow));
        return $"<div style=\"display:flex;flex-wrap:wrap;gap:8px\">{string.Concat(figures)}</div>{ClassesOf(mask)}";
    }

    public static string Of(SegmentationEvaluation evaluation) =>
        string.Create(CultureInfo.InvariantCulture, $"<p>{evaluation.ImageCount} {(evaluation.ImageCount == 1 ? "image" : "images")}</p>") + Of(evaluation.Metrics);

    public static string Of(SemanticSegmentationMetrics metrics)
    {
        var classes = metrics.ConfusionMatrix.Labels.Classes;
        var rows = classes.Select((label, id) =>
            $"<tr><td style=\"text-align:left\">{Swatch(label.Color)}{Encoded(label.Name)}</td>" +
            $"<td style=\"{CellStyle}\">{Number(metrics.PerClassIoU[id])}</td><td style=\"{CellStyle}\">{Number(metrics.PerClassAccuracy[id])}</td></tr>");
        return
            $"<p><b>Mean IoU {Number(metrics.MeanIoU)}</b>, pixel accuracy {Number(metrics.PixelAccuracy)}, mean class accuracy {Number(metrics.MeanClassAccuracy)}, " +
            $"frequency-weighted IoU {Number(metrics.FrequencyWeightedIoU)}</p>" +
            $"<table><thead><tr><th>class</th><th>IoU</th><th>accuracy</th></tr></thead><tbody>{string.Concat(rows)}</tbody></table>";
    }

    public static string Of(MLImage image) => IsRead(image) ? Figure(SegmentationPicture.FromImage(image), TextOf(image), isPhotograph: false) : $"<p>{Encoded(TextOf(image))}</p>";

    public static string TextOf(MLImage image) => string.Create(
        CultureInfo.InvariantCulture, $"{image.Height} x {image.Width} (height x width){(IsRead(image) ? "" : $", pixels of the format {image.PixelFormat} are not shown")}");

    public static string TextOf(SegmentationFlow flow) => string.Create(
        CultureInfo.InvariantCulture, $"flow of {flow.Height} x {flow.Width} cells (height x width), the longest {flow.LongestVector:0.#} pixels of the image");

    private static bool IsRead(MLImage image) => image.PixelFormat is MLPixelFormat.Bgra32 or MLPixelFormat.Rgba32;

    private static string Figure(SegmentationPicture picture, string caption, bool isPhotograph)
    {
        var small = picture.Shrink(LongestSide);
        string data = Convert.ToBase64String(small.ToBytes(isPhotograph ? PictureFormat.Jpeg : PictureFormat.Png)), text = Encoded(caption);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<figure style=\"margin:0\"><img alt=\"{text}\" width=\"{small.Width}\" height=\"{small.Height}\" style=\"max-width:100%;height:auto\" " +
            $"src=\"data:image/{(isPhotograph ? "jpeg" : "png")};base64,{data}\"><figcaption>{text}</figcaption></figure>");
    }

    private static string ClassesOf(SegmentationMask mask)
    {
        if (mask.Labels is not { } labels)
            return "";
        Span<int> counts = stackalloc int[256];
        foreach (byte id in mask.Ids)
            counts[id]++;
        var found = new List<(LabelClass Label, int Pixels)>();
        for (int id = 0; id < labels.ClassCount; id++)
        {
            if (counts[id] > 0)
                found.Add((labels.Classes[id], counts[id]));
        }

        double all = mask.Ids.Length;
        var named = found.OrderByDescending(one => one.Pixels).Take(MostClasses).Select(one => string.Create(
            CultureInfo.InvariantCulture, $"<span style=\"{KeyStyle}\">{Swatch(one.Label.Color)}{Encoded(one.Label.Name)} {100 * one.Pixels / all:f1} %</span> "));
        string more = found.Count > MostClasses ? string.Create(CultureInfo.InvariantCulture, $"and {found.Count - MostClasses} more") : "";
        return $"<p>{string.Concat(named)}{more}</p>";
    }

    private static string Swatch(RgbColor color) => string.Create(
        CultureInfo.InvariantCulture,
        $"<span style=\"display:inline-block;width:12px;height:12px;margin-right:4px;border:1px solid #8c959f;background:#{color.R:x2}{color.G:x2}{color.B:x2}\"></span>");

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("f4", CultureInfo.InvariantCulture);

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
