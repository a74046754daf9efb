// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Each image as a dot: its score in the first evaluation to the right, in the second upwards. Above the line it got better.</summary>
internal static class PairedChart
{
    private const int Side = 320, Left = 44, Top = 10, Bottom = 40, MostDots = 2000;

    public static string Draw(IReadOnlyList<ComparisonContent.Pair> images)
    {
        const int Width = Left + Side + 12, Height = Top + Side + Bottom;
        var svg = new StringBuilder();
        svg.Append("<figure class=\"chart reliability\"><svg role=\"img\" aria-label=\"Mean IoU of each image in both evaluations\" ");
        svg.Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\">\n");
        for (int i = 0; i <= 4; i++)
        {
            int at = i * Side / 4;
            string text = (i / 4.0).ToString("0.##", CultureInfo.InvariantCulture);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Left + Side}\" y1=\"{Top + Side - at}\" y2=\"{Top + Side - at}\" />");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{Left - 6}\" y=\"{Top + Side - at + 4}\" text-anchor=\"end\">{text}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{Left + at}\" y=\"{Top + Side + 16}\" text-anchor=\"middle\">{text}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"ideal\" x1=\"{Left}\" y1=\"{Top + Side}\" x2=\"{Left + Side}\" y2=\"{Top}\" />\n");
        int step = Math.Max(1, (images.Count + MostDots - 1) / MostDots);
        for (int i = 0; i < images.Count; i += step)
        {
            var image = images[i];
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"spot {(image.Difference < 0 ? "two" : "one")}\" ");
            svg.Append(CultureInfo.InvariantCulture, $"cx=\"{Left + (image.First * Side):f1}\" cy=\"{Top + Side - (image.Second * Side):f1}\" r=\"4\">");
            svg.Append(CultureInfo.InvariantCulture, $"<title>{HtmlPage.Text(image.Name)}: A {Figure.Score(image.First)}, B {Figure.Score(image.Second)}</title></circle>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{Left + 6}\" y=\"{Top + 14}\">mean IoU in B</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"axis\" x=\"{Left + (Side / 2)}\" y=\"{Top + Side + 34}\" text-anchor=\"middle\">mean IoU in A</text>\n");
        return svg.Append("</svg></figure>\n").ToString();
    }
}
