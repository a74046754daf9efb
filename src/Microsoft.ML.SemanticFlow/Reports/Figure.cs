// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>Numbers as pages show them, alike in every language.</summary>
internal static class Figure
{
    /// <summary>What stands for a number that does not exist.</summary>
    public const string None = "–";

    /// <summary>A score from 0 to 1.</summary>
    public static string Score(double value) => double.IsFinite(value) ? value.ToString("f4", CultureInfo.InvariantCulture) : None;

    /// <summary>An interval of scores; empty where there is none.</summary>
    public static string Range(SegmentationInterval? interval, Func<double, string> format) =>
        interval is { } known && double.IsFinite(known.Lower) && double.IsFinite(known.Upper) ? $"{format(known.Lower)} to {format(known.Upper)}" : "";

    /// <summary>A difference of scores, with its sign.</summary>
    public static string Difference(double value) => double.IsFinite(value) ? value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture).Replace('-', '−') : None;

    /// <summary>A difference of shares in percentage points, with its sign.</summary>
    public static string PercentDifference(double share) =>
        double.IsFinite(share) ? $"{(100 * share).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture).Replace('-', '−')} %" : None;

    /// <summary>A number of things.</summary>
    public static string Count(long value) => value.ToString("n0", CultureInfo.InvariantCulture);

    /// <summary>A number of things in four characters or fewer.</summary>
    public static string Short(long value) => value switch
    {
        < 1_000 => value.ToString(CultureInfo.InvariantCulture),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value / 100.0) / 10:0.#}k"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000}k"),
        < 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value / 100_000.0) / 10:0.#}M"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000_000}M"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Min(999, value / 1_000_000_000)}G"),
    };

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) => double.IsFinite(share) ? BarChart.Percent(share) : None;

    /// <summary>A number in an attribute that a script or a drawing reads; empty for one that does not exist.</summary>
    public static string Data(double value) => double.IsFinite(value) ? value.ToString("0.######", CultureInfo.InvariantCulture) : "";

    /// <summary>A name that has room for few characters.</summary>
    public static string Cut(string name, int longest)
    {
        if (name.Length <= longest)
            return name;
        int end = longest - 1;
        return string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[end - 1]) ? end - 1 : end), "…");
    }
}
