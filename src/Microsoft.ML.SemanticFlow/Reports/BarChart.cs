// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Bars of shares, a line for each name and a bar in it for each series.</summary>
internal static class BarChart
{
    private const int NameWidth = 200, BarWidth = 640, NumberWidth = 70, BarHeight = 12, Gap = 8;
    private static readonly string[] _series = ["one", "two"];

    /// <summary>The style of a series.</summary>
    public static string ClassOf(int series) => _series[series];

    /// <param name="label">What the chart shows, for who cannot see it.</param>
    /// <param name="names">A line's name.</param>
    /// <param name="shares">By series and line, from 0 to 1; two series at most.</param>
    public static string Draw(string label, IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<double>> shares)
    {
        double most = Math.Max(1e-9, shares.SelectMany(series => series).DefaultIfEmpty(0).Max());
        int line = (shares.Count * BarHeight) + Gap, height = Math.Max(1, names.Count * line), width = NameWidth + BarWidth + NumberWidth;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg role=\"img\" aria-label=\"{HtmlPage.Text(label)}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\n");
        for (int i = 0; i < names.Count; i++)
        {
            int top = i * line, middle = top + (shares.Count * BarHeight / 2) + 4;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth - 8}\" y=\"{middle}\" text-anchor=\"end\">{HtmlPage.Text(Short(names[i]))}</text>\n");
            for (int s = 0; s < shares.Count; s++)
            {
                double share = shares[s][i], bar = share / most * BarWidth;
                int y = top + (s * BarHeight);
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{_series[s]}\" x=\"{NameWidth}\" y=\"{y}\" width=\"{bar:f1}\" height=\"{BarHeight - 1}\"><title>{HtmlPage.Text(names[i])}: {share:p3}</title></rect>\n");
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{NameWidth + bar + 6:f1}\" y=\"{y + BarHeight - 3}\" class=\"number\">{Percent(share)}</text>\n");
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>A share in percent, with as many places as small ones need.</summary>
    public static string Percent(double share) => share switch
    {
        0 => "0 %",
        < 0.0001 => "< 0.01 %",
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{100 * share:f2} %"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{100 * share:f1} %"),
    };

    private static string Short(string name) => name.Length <= 28 ? name : name[..27] + "…";
}
