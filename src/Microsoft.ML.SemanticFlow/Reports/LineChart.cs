// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Curves over a common axis, with their grid, names and numbers.</summary>
internal sealed class LineChart
{
    private const int Width = 640, Height = 260, Left = 56, Right = 12, Top = 12, Bottom = 36, Ticks = 5;

    // Of a curve whose values are alike: finer steps would show how numbers are rounded.
    private const double LeastSpread = 0.05;

    private static readonly double[] _steps = [1, 2, 2.5, 5, 10];

    /// <summary>A curve.</summary>
    /// <param name="Name">What it is called below the chart.</param>
    /// <param name="Points">Where it goes, from left to right; those that are no numbers are left out.</param>
    public sealed record Series(string Name, IReadOnlyList<(double X, double Y)> Points);

    /// <summary>What the chart shows, for who cannot see it.</summary>
    public required string Label { get; init; }

    /// <summary>What stands below the axis.</summary>
    public required string XTitle { get; init; }

    /// <summary>The lowest and the highest value drawn; null for those of the curves.</summary>
    public (double Low, double High)? Range { get; init; }

    /// <summary>How a value reads.</summary>
    public Func<double, string> Format { get; init; } = value => value.ToString("g4", CultureInfo.InvariantCulture);

    /// <param name="series">Up to twelve curves are told apart by colour and dashes.</param>
    public string Draw(params IReadOnlyList<Series> series)
    {
        (double X, double Y)[] all = [.. series.SelectMany(one => one.Points).Where(IsDrawn)];
        if (all.Length == 0)
            return "";
        double firstX = all.Min(point => point.X), lastX = Math.Max(all.Max(point => point.X), firstX + 1e-9);
        var (low, high) = Range ?? (all.Min(point => point.Y), all.Max(point => point.Y));
        double step = StepOf(Math.Max(high - low, high == 0 ? 1 : Math.Abs(high) * LeastSpread));
        (low, high) = Range is null ? (Math.Floor(low / step) * step, Math.Max(Math.Ceiling(high / step), Math.Floor(low / step) + 1) * step) : (low, high);
        double XOf(double x) => Left + ((x - firstX) / (lastX - firstX) * (Width - Left - Right));
        double YOf(double y) => Height - Bottom - ((y - low) / (high - low) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<figure class=\"chart\"><svg role=\"img\" aria-label=\"{HtmlPage.Text(Label)}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\">\n");
        for (int tick = 0; tick <= Math.Round((high - low) / step); tick++)
        {
            double y = low + (tick * step);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{YOf(y):f1}\" y2=\"{YOf(y):f1}\" />");
            string text = HtmlPage.Text(Format(Math.Abs(y) < step / 1e6 ? 0 : y));
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{Left - 6}\" y=\"{YOf(y) + 4:f1}\" text-anchor=\"end\">{text}</text>\n");
        }

        double across = Math.Max(1, StepOf(lastX - firstX));
        for (double x = Math.Ceiling(firstX / across) * across; x <= lastX + 1e-9; x += across)
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{XOf(x):f1}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\">{x:0.###}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"number\" x=\"{Width - Right}\" y=\"{Height - 4}\" text-anchor=\"end\">{HtmlPage.Text(XTitle)}</text>\n");
        foreach (var (i, one) in series.Index())
            Append(svg, one, i, XOf, YOf);
        svg.Append("</svg>\n");
        if (series.Count > 1)
            svg.Append(CultureInfo.InvariantCulture, $"<figcaption>{string.Concat(series.Index().Select(one => KeyOf(one.Item, one.Index)))}</figcaption>\n");
        return svg.Append("</figure>\n").ToString();
    }

    private void Append(StringBuilder svg, Series series, int index, Func<double, double> x, Func<double, double> y)
    {
        (double X, double Y)[] points = [.. series.Points.Where(IsDrawn)];
        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"curve {StyleOf(index)}\" points=\"");
        foreach (var point in points)
            svg.Append(CultureInfo.InvariantCulture, $"{x(point.X):f1},{y(point.Y):f1} ");
        svg.Append("\" />\n");
        const int MostDots = 60;
        foreach (var point in points.Length <= MostDots ? points : points[^1..])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot {StyleOf(index)}\" ");
            svg.Append(CultureInfo.InvariantCulture, $"cx=\"{x(point.X):f1}\" cy=\"{y(point.Y):f1}\" r=\"2.5\">");
            svg.Append(CultureInfo.InvariantCulture, $"<title>{HtmlPage.Text(series.Name)}, ");
            svg.Append(CultureInfo.InvariantCulture, $"{HtmlPage.Text(XTitle)} {point.X:0.###}: {HtmlPage.Text(Format(point.Y))}</title></circle>\n");
        }
    }

    private static string KeyOf(Series series, int index) =>
        $"<span class=\"key\"><svg class=\"stroke\" viewBox=\"0 0 24 8\" aria-hidden=\"true\">" +
        $"<line class=\"curve {StyleOf(index)}\" x1=\"0\" x2=\"24\" y1=\"4\" y2=\"4\" /></svg>" +
        $"{HtmlPage.Name(series.Name)}</span> ";

    private static string StyleOf(int index) => string.Create(CultureInfo.InvariantCulture, $"c{index % 6} d{index / 6 % 2}");

    private static bool IsDrawn((double X, double Y) point) => double.IsFinite(point.X) && double.IsFinite(point.Y);

    private static double StepOf(double range)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / Ticks)));
        return power * _steps.First(step => range / (step * power) <= Ticks + 0.01);
    }
}
