// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>A list of colours and what they mean, beside or below a picture.</summary>
internal static class PictureLegend
{
    private const double Largest = 24, Smallest = 11, Share = 1 / 30.0;     // of the letters; and their part of the picture's lesser side
    private static readonly RgbColor _ink = new(27, 31, 36);
    private static readonly RgbColor _line = new(140, 149, 159);

    /// <summary>The size of letters that goes with a picture.</summary>
    public static int SizeFor(int height, int width) => (int)Math.Clamp(Math.Min(height, width) * Share, Smallest, Largest);

    /// <summary>The picture with a list of entries on white; they fill as many columns as they need to the right of it, or as many rows below.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="entries">Colour and text.</param>
    /// <param name="below">Whether the list goes below the picture and not to the right.</param>
    /// <param name="size">Of the letters, in pixels.</param>
    public static PixelImage Add(PixelImage picture, IReadOnlyList<(RgbColor Color, string Text)> entries, bool below, int size)
    {
        if (entries.Count == 0)
            return picture;
        int margin = size / 2, line = PictureText.HeightOf(size), swatch = size;
        int entry = margin + swatch + margin + entries.Max(one => PictureText.WidthOf(one.Text, size)) + size;
        int rows = below
            ? (entries.Count + Math.Max(1, picture.Width / entry) - 1) / Math.Max(1, picture.Width / entry)
            : Math.Clamp((picture.Height - (2 * margin)) / line, 1, entries.Count);
        int columns = (entries.Count + rows - 1) / rows, list = (rows * line) + (2 * margin);
        var result = below
            ? PictureGrid.Canvas((long)picture.Height + list, Math.Max((long)picture.Width, columns * (long)entry))
            : PictureGrid.Canvas(Math.Max(picture.Height, list), picture.Width + (columns * (long)entry));
        PictureGrid.Copy(picture, result, 0, 0);
        var (top, left) = below ? (picture.Height + margin, 0) : (margin, picture.Width);
        for (int i = 0; i < entries.Count; i++)
        {
            int row = below ? i / columns : i % rows, column = below ? i % columns : i / rows;
            int x = left + (column * entry) + margin, y = top + (row * line);
            PictureGrid.Fill(result, y + ((line - swatch) / 2), x, swatch, swatch, _line);
            PictureGrid.Fill(result, y + ((line - swatch) / 2) + 1, x + 1, swatch - 2, swatch - 2, entries[i].Color);
            PictureText.Draw(result, entries[i].Text, x + swatch + margin, y, size, _ink);
        }

        return result;
    }

    /// <summary>The picture with a line of text above it.</summary>
    public static PixelImage AddTitle(PixelImage picture, string title, int size)
    {
        int margin = size / 3, strip = PictureText.HeightOf(size) + (2 * margin);
        var result = PictureGrid.Canvas((long)picture.Height + strip, picture.Width);
        PictureGrid.Copy(picture, result, strip, 0);
        PictureText.Draw(result, title, margin, margin, size, _ink);
        return result;
    }
}
