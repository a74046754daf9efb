// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine.Parsing;
using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>Values written as two numbers with a comma, such as <c>--crop 320,480</c>.</summary>
internal static class Pair
{
    public static (int Height, int Width)? Size(ArgumentResult result) => Parse<int>(result, NumberStyles.None, "H,W with two whole numbers, such as 320,480");

    public static (double Min, double Max)? Range(ArgumentResult result) => Parse<double>(result, NumberStyles.Float, "MIN,MAX with two numbers, such as 0.5,2");

    private static (T, T)? Parse<T>(ArgumentResult result, NumberStyles style, string form)
        where T : struct, System.Numerics.INumber<T>
    {
        var parts = result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length == 2
            && T.TryParse(parts[0], style, CultureInfo.InvariantCulture, out var first)
            && T.TryParse(parts[1], style, CultureInfo.InvariantCulture, out var second))
        {
            return (first, second);
        }

        string option = result.Parent is OptionResult { Option.Name: var name } ? name : "The value";
        result.AddError($"{option} takes {form}, not '{result.Tokens[0].Value}'.");
        return null;
    }
}
