// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using static Microsoft.ML.SemanticFlow.Reports.UnitSquare;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Each image as a dot: its score in the first evaluation to the right, in the second upwards. Above the line it got better.</summary>
internal static class PairedChart
{
    private const int Bottom = 40, MostDots = 2000;

    public static string Draw(IReadOnlyList<ComparisonContent.Pair> images)
    {
        const int Height = Top + Side + Bottom;
        var svg = new StringBuilder();
        Begin(svg, "Mean IoU of each image in both evaluations", Height, bottom: Top + Side);
        AppendDiagonal(svg);
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
