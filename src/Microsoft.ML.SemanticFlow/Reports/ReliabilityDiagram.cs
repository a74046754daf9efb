// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using static Microsoft.ML.SemanticFlow.Reports.UnitSquare;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>How often pixels of a confidence are right, beside the line on which both are alike; below it, how many pixels there are of each.</summary>
internal static class ReliabilityDiagram
{
    private const int Strip = 64, Gap = 22, Bottom = 40;

    public static string Draw(SegmentationCalibration calibration)
    {
        const int Height = Top + Side + Gap + Strip + Bottom, Base = Top + Side + Gap + Strip;
        var svg = new StringBuilder();
        Begin(svg, "Reliability diagram: accuracy by confidence", Height, bottom: Base);
        long most = Math.Max(1, calibration.Bins.Max(bin => bin.PixelCount));
        foreach (var bin in calibration.Bins.Where(bin => bin.PixelCount > 0))
        {
            double x = Left + (bin.Lower * Side), width = ((bin.Upper - bin.Lower) * Side) - 1, height = bin.Accuracy * Side, share = Strip * (double)bin.PixelCount / most;
            string label = string.Create(
                CultureInfo.InvariantCulture,
                $"confidence {bin.Lower:0.###} to {bin.Upper:0.###}: {Figure.Percent(bin.Accuracy)} right, mean confidence {Figure.Percent(bin.MeanConfidence)}, " +
                $"{Figure.Count(bin.PixelCount)} pixels");
            svg.Append(CultureInfo.InvariantCulture, $"<g><title>{HtmlPage.Text(label)}</title>");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"one\" x=\"{x:f1}\" y=\"{Top + Side - height:f1}\" width=\"{width:f1}\" height=\"{height:f1}\" />");
            double center = Left + (bin.MeanConfidence * Side), ideal = Top + Side - (bin.MeanConfidence * Side);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"gap\" x1=\"{center:f1}\" x2=\"{center:f1}\" y1=\"{Top + Side - height:f1}\" y2=\"{ideal:f1}\" />");
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"soft-bar\" x=\"{x:f1}\" y=\"{Base - share:f1}\" width=\"{width:f1}\" height=\"{share:f1}\" /></g>\n");
        }

        AppendDiagonal(svg);
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{Left + 6}\" y=\"{Top + 14}\">share that is right</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{Left + 6}\" y=\"{Top + Side + Gap}\">pixels</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{Left + (Side / 2)}\" y=\"{Base + 32}\" text-anchor=\"middle\">confidence</text>\n");
        return svg.Append("</svg></figure>\n").ToString();
    }
}
