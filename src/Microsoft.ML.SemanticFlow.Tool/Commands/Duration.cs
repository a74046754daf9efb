// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>Times on the command line: numbers with their units, the larger first, such as <c>30m</c>, <c>1h30m</c>, <c>90s</c>, <c>2d</c>.</summary>
internal static class Duration
{
    private const string Units = "dhms";

    /// <exception cref="ArgumentException">The text is none.</exception>
    public static TimeSpan Parse(string text)
    {
        var total = TimeSpan.Zero;
        int start = 0, larger = -1;
        for (int at = 0; at < text.Length; at++)
        {
            int unit = Units.IndexOf(text[at], StringComparison.Ordinal);
            if (unit < 0)
                continue;
            if (unit <= larger || !double.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || number > 1e6)
                throw Wrong();
            total += number * (text[at] switch { 'd' => TimeSpan.FromDays(1), 'h' => TimeSpan.FromHours(1), 'm' => TimeSpan.FromMinutes(1), _ => TimeSpan.FromSeconds(1) });
            (start, larger) = (at + 1, unit);
        }

        return start == text.Length && total > TimeSpan.Zero ? total : throw Wrong();

        ArgumentException Wrong() => new($"It takes a time such as 30m, 1h30m or 90s, not '{text}'.");
    }

    /// <summary>The text that <see cref="Parse"/> reads, in whole seconds.</summary>
    public static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):f0}s");
}
