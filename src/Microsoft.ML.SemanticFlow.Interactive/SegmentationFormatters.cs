// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Interactive;

/// <summary>How masks, predictions, metrics and images show themselves in a notebook. A kernel registers them when it loads the package.</summary>
/// <remarks>.NET Interactive is in beta: its later versions may change what this rests on.</remarks>
public static class SegmentationFormatters
{
    private const string Html = "text/html", Text = "text/plain";

    /// <summary>Registers the formatters, as HTML and as text, in place of earlier ones.</summary>
    public static void Register()
    {
        Show<SegmentationMask>(SegmentationHtml.Of, mask => mask.ToString());
        Show<SegmentationPicture>(SegmentationHtml.Of, picture => picture.ToString());
        Show<SegmentationFlow>(SegmentationHtml.Of, SegmentationHtml.TextOf);
        Show<SegmentationPrediction>(SegmentationHtml.Of, prediction => prediction.Mask.ToString());
        Show<SemanticSegmentationMetrics>(SegmentationHtml.Of, metrics => metrics.GetFormattedTable());
        Show<SegmentationEvaluation>(SegmentationHtml.Of, evaluation => evaluation.Metrics.GetFormattedTable());
        Show<MLImage>(SegmentationHtml.Of, SegmentationHtml.TextOf);
    }

    private static void Show<T>(Func<T, string> html, Func<T, string> text)
    {
        Formatter.Register(html, Html);
        Formatter.Register(text, Text);
        Formatter.SetPreferredMimeTypesFor(typeof(T), Html, Text);
    }
}
