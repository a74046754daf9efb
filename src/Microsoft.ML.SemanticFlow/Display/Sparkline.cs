// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Display;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <param name="values">The curve; what is no number is left out.</param>
    /// <param name="length">Characters at most: of a longer curve the last value of each part is shown.</param>
    /// <returns>Empty where there is no value.</returns>
    public static string Of(IReadOnlyList<double> values, int length)
    {
        double[] all = [.. values.Where(double.IsFinite)];
        if (all.Length == 0)
            return "";
        int count = Math.Min(length, all.Length);
        double low = all.Min(), range = all.Max() - low;
        return string.Concat(Enumerable.Range(1, count).Select(i => all[(int)((long)i * all.Length / count) - 1])
            .Select(value => Levels[range > 0 ? (int)Math.Round((value - low) / range * (Levels.Length - 1)) : 0]));
    }
}
