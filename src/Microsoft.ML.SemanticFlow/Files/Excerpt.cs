// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Text of a foreign file, fit for a message.</summary>
internal static class Excerpt
{
    private const int Longest = 200;

    /// <summary>The beginning of a text, without what would steer a terminal or is half a character.</summary>
    public static string Of(string text) =>
        string.Concat(text.Take(Longest).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)) + (text.Length > Longest ? "…" : "");
}
