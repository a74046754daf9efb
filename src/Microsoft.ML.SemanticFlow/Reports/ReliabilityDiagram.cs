// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>How often pixels of a confidence are right, beside the line on which both are alike; below it, how many pixels there are of each.</summary>
internal static class ReliabilityDiagram
{
    private const int Side = 320, Left = 44, Top = 10, Strip = 64, Gap = 22, Bottom = 40;

    public static string Draw(SegmentationCalibration calibration)
    {
        const int Width = Left + Side + 12, Height = Top + Side + Gap + Strip + Bottom, Base = Top + Side + Gap + Strip;
        var svg = new StringBuilder();
        svg.Append("<figure class=\"chart reliability\"><svg role=\"img\" aria-label=\"Reliability diagram: accuracy by confidence\" ");
        svg.Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\">\n");
        for (int i = 0; i <= 4; i++)
        {
            int at = i * Side / 4;
            string text = (i / 4.0).ToString("0.##", CultureInfo.InvariantCulture);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Left + Side}\" y1=\"{Top + Side - at}\" y2=\"{Top + Side - at}\" />");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{Left - 6}\" y=\"{Top + Side - at + 4}\" text-anchor=\"end\">{text}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{Left + at}\" y=\"{Base + 16}\" text-anchor=\"middle\">{text}</text>\n");
        }

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

        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"ideal\" x1=\"{Left}\" y1=\"{Top + Side}\" x2=\"{Left + Side}\" y2=\"{Top}\" />");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{Left + 6}\" y=\"{Top + 14}\">share that is right</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{Left + 6}\" y=\"{Top + Side + Gap}\">pixels</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{Left + (Side / 2)}\" y=\"{Base + 32}\" text-anchor=\"middle\">confidence</text>\n");
        return svg.Append("</svg></figure>\n").ToString();
    }
}
