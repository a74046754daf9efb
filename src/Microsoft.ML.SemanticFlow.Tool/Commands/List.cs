// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>Values with commas between them, as <c>X,X</c>.</summary>
internal static partial class List
{
    // With an even number of quotes behind it.
    [GeneratedRegex("""
        ,(?=(?:[^"]*"[^"]*")*[^"]*$)
        """)]
    private static partial Regex OuterComma { get; }

    /// <exception cref="ArgumentException">A part is no number.</exception>
    public static double[] Numbers(string text) => [.. text.Split(',').Select(part =>
        double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw new ArgumentException($"'{part}' is not a number. Write numbers with commas between them."))];

    public static string[] Names(string text) => [.. Parts(text).Where(name => name.Length > 0)];

    /// <summary>What stands between commas, empty parts too. A name with a comma stands in quotes, its own quotes doubled.</summary>
    public static string[] Parts(string text) =>
        [.. OuterComma.Split(text).Select(part => part.Trim() is ['"', .. var quoted, '"'] ? quoted.Replace("\"\"", "\"", StringComparison.Ordinal) : part.Trim())];

    public static string Text(IEnumerable<double> numbers) => string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
}
