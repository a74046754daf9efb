// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Display;

/// <summary>Text of strangers, such as the names of files and classes, as it may be shown: nothing in it moves a cursor, rings, recolours or breaks a line.</summary>
internal static class PrintableText
{
    /// <summary>The text on one line, with what is not shown written as an escape, such as <c>\n</c> or <c>\u001b</c>.</summary>
    public static string Line(string text) => Escape(text, isKept: _ => false);

    /// <summary>The same, but line breaks and tabs stay.</summary>
    public static string Lines(string text) => Escape(text, isKept: c => c is '\n' or '\r' or '\t');

    private static string Escape(string text, Func<char, bool> isKept)
    {
        int first = 0;
        while (first < text.Length && (!IsHarmful(text[first]) || isKept(text[first])))
            first++;
        if (first == text.Length)
            return text;

        var printable = new StringBuilder(text, 0, first, text.Length + 8);
        foreach (char c in text.AsSpan(first))
        {
            if (!IsHarmful(c) || isKept(c))
                printable.Append(c);
            else if (c is '\n' or '\r' or '\t')
                printable.Append('\\').Append(c switch { '\n' => 'n', '\r' => 'r', _ => 't' });
            else
                printable.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return printable.ToString();
    }

    // Marks that turn the direction of what follows make one name look like another.
    private static bool IsHarmful(char c) =>
        c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069'
        || char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
