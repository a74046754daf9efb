// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>A square chart of two shares, from 0 to 1 each, with the line on which both are alike.</summary>
internal static class UnitSquare
{
    public const int Side = 320, Left = 44, Top = 10, Width = Left + Side + 12;

    /// <summary>Begins the chart, with its grid.</summary>
    /// <param name="svg">Takes it.</param>
    /// <param name="label">What it shows, for who cannot see it.</param>
    /// <param name="height">Of the whole chart.</param>
    /// <param name="bottom">What the numbers of the axis to the right stand below.</param>
    public static void Begin(StringBuilder svg, string label, int height, int bottom)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<figure class=\"chart reliability\"><svg role=\"img\" aria-label=\"{HtmlPage.Text(label)}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\">\n");
        for (int i = 0; i <= 4; i++)
        {
            int at = i * Side / 4;
            string text = (i / 4.0).ToString("0.##", CultureInfo.InvariantCulture);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Left + Side}\" y1=\"{Top + Side - at}\" y2=\"{Top + Side - at}\" />");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{Left - 6}\" y=\"{Top + Side - at + 4}\" text-anchor=\"end\">{text}</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{Left + at}\" y=\"{bottom + 16}\" text-anchor=\"middle\">{text}</text>\n");
        }
    }

    /// <summary>The line on which both shares are alike.</summary>
    public static void AppendDiagonal(StringBuilder svg) =>
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"ideal\" x1=\"{Left}\" y1=\"{Top + Side}\" x2=\"{Left + Side}\" y2=\"{Top}\" />\n");
}
