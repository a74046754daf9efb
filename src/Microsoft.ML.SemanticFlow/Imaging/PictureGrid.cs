// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Pictures beside and below one another, on white.</summary>
internal static class PictureGrid
{
    /// <summary>A white picture.</summary>
    /// <exception cref="ArgumentException">It has more pixels than a picture may have.</exception>
    public static PixelImage Canvas(long height, long width)
    {
        if (height * width > ImageLimits.LargestMaxPixels)
            throw new ArgumentException(
                $"The picture would be {height} x {width} pixels (height x width); {ImageLimits.LargestMaxPixels} can be drawn. Make its parts smaller, or fewer.");
        var canvas = new PixelImage((int)height, (int)width);
        canvas.Bgra.Fill(255);
        return canvas;
    }

    /// <summary>Lays pictures out row by row; a row is as high as its highest and a column as wide as its widest picture.</summary>
    /// <param name="pictures">At least one.</param>
    /// <param name="columns">Pictures in a row.</param>
    /// <param name="gap">Pixels between them.</param>
    public static PixelImage Of(IReadOnlyList<PixelImage> pictures, int columns, int gap)
    {
        int[] heights = [.. pictures.Chunk(columns).Select(row => row.Max(picture => picture.Height))];
        int[] widths = [.. Enumerable.Range(0, Math.Min(columns, pictures.Count)).Select(column => pictures.Where((_, i) => i % columns == column).Max(picture => picture.Width))];
        var result = Canvas(heights.Sum(height => (long)height) + ((heights.Length - 1L) * gap), widths.Sum(width => (long)width) + ((widths.Length - 1L) * gap));
        for (int i = 0; i < pictures.Count; i++)
            Copy(pictures[i], result, heights[..(i / columns)].Sum(height => height + gap), widths[..(i % columns)].Sum(width => width + gap));
        return result;
    }

    public static void Copy(PixelImage from, PixelImage to, int top, int left)
    {
        for (int row = 0; row < from.Height; row++)
            from.Bgra.Slice(row * from.Width * 4, from.Width * 4).CopyTo(to.Bgra[((((top + row) * to.Width) + left) * 4)..]);
    }

    public static void Fill(PixelImage image, int top, int left, int height, int width, RgbColor color)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Bgra);
        uint value = 0xFF000000u | ((uint)color.R << 16) | ((uint)color.G << 8) | color.B;
        for (int row = 0; row < height; row++)
            pixels.Slice(((top + row) * image.Width) + left, width).Fill(value);
    }
}
