// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Draws lines of text into pictures, on machines without fonts too: the font of Latin, Greek and Cyrillic letters is in the assembly.</summary>
/// <remarks>Letters that it lacks are drawn with a font of the machine that has them, and as an empty box where none has.</remarks>
internal static class PictureText
{
    private const int Longest = 60;                         // characters of a line
    private const double LineHeight = 1.25;                 // of the size of the letters
    private const int Missing = 0x25A1;                     // an empty box

    private static readonly Lazy<SKTypeface> _own = new(Load);

    /// <summary>Rows that a line takes.</summary>
    /// <param name="size">Of the letters, in pixels.</param>
    public static int HeightOf(int size) => (int)Math.Ceiling(size * LineHeight);

    /// <summary>Columns that a line takes.</summary>
    public static int WidthOf(string text, int size)
    {
        float width = 0;
        foreach (var (part, typeface) in Parts(text))
        {
            using var font = Font(typeface, size);
            width += font.MeasureText(part);
        }

        return (int)Math.Ceiling(width);
    }

    /// <summary>Draws one line; what lies outside of the picture is left out.</summary>
    /// <param name="picture">An opaque picture.</param>
    /// <param name="text">The line.</param>
    /// <param name="left">Its first column.</param>
    /// <param name="top">The first of the rows that it takes.</param>
    /// <param name="size">Of the letters, in pixels.</param>
    /// <param name="color">Of the letters.</param>
    public static unsafe void Draw(PixelImage picture, string text, int left, int top, int size, RgbColor color)
    {
        fixed (byte* pixels = picture.Bgra)
        {
            var info = new SKImageInfo(picture.Width, picture.Height, SKColorType.Bgra8888, SKAlphaType.Premul);
            using var surface = SKSurface.Create(info, (nint)pixels, info.RowBytes);
            using var paint = new SKPaint { Color = new SKColor(color.R, color.G, color.B), IsAntialias = true };
            float x = left;
            foreach (var (part, typeface) in Parts(text))
            {
                using var font = Font(typeface, size);
                surface.Canvas.DrawText(part, x, top + size, SKTextAlign.Left, font, paint);
                x += font.MeasureText(part);
            }
        }
    }

    private static SKFont Font(SKTypeface typeface, int size) => new(typeface, size) { Edging = SKFontEdging.Antialias, Hinting = SKFontHinting.None, Subpixel = true };

    // Runs of letters that one font has.
    private static IEnumerable<(string Text, SKTypeface Typeface)> Parts(string text)
    {
        var run = new StringBuilder();
        SKTypeface? current = null;
        foreach (var rune in Shown(text).EnumerateRunes())
        {
            var (letter, typeface) = Find(rune);
            if (current is not null && current != typeface)
            {
                yield return (run.ToString(), current);
                run.Clear();
            }

            current = typeface;
            run.Append(letter);
        }

        if (current is not null)
            yield return (run.ToString(), current);
    }

    private static (string Letter, SKTypeface Typeface) Find(Rune rune)
    {
        if (_own.Value.ContainsGlyph(rune.Value))
            return (rune.ToString(), _own.Value);
        return SKFontManager.Default.MatchCharacter(rune.Value) is { } other ? (rune.ToString(), other) : (((char)Missing).ToString(), _own.Value);
    }

    // One line, and none that fills the picture.
    private static string Shown(string text)
    {
        string line = string.Concat(text.EnumerateRunes().Select(rune => Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format ? " " : rune.ToString()));
        var elements = new StringInfo(line);
        return elements.LengthInTextElements <= Longest ? line : elements.SubstringByTextElements(0, Longest - 1) + "…";
    }

    private static SKTypeface Load()
    {
        using var stream = typeof(PictureText).Assembly.GetManifestResourceStream("DejaVuSans.ttf")
            ?? throw new InvalidOperationException("The font 'DejaVuSans.ttf' is missing from the assembly.");
        using var data = SKData.Create(stream);
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException("Skia cannot read the font 'DejaVuSans.ttf'.");
    }
}
