// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Makes pictures of class ids.</summary>
internal static class MaskPixels
{
    private const int One = 256;        // opacity in fixed point

    /// <summary>Every pixel in the colour of its id.</summary>
    public static PixelImage Colorize(ReadOnlySpan<byte> ids, int height, int width, ColorPalette palette)
    {
        Span<uint> colors = stackalloc uint[256];
        for (int id = 0; id < 256; id++)
            colors[id] = 0xFF000000u | (uint)palette[(byte)id].R << 16 | (uint)palette[(byte)id].G << 8 | palette[(byte)id].B;

        var image = new PixelImage(height, width);
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Bgra);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = colors[ids[i]];
        return image;
    }

    /// <summary>The image with the colour of each pixel's id laid over it; pixels of id 255 stay as they are.</summary>
    /// <param name="image">The image beneath.</param>
    /// <param name="ids">One id for each of its pixels.</param>
    /// <param name="palette">The colours.</param>
    /// <param name="opacity">Share of the colour, 0 to 1.</param>
    public static PixelImage Overlay(PixelImage image, ReadOnlySpan<byte> ids, ColorPalette palette, double opacity)
    {
        int share = (int)Math.Round(opacity * One);
        int rest = One - share;
        Span<int> colors = stackalloc int[3 * 256];
        for (int id = 0; id < 256; id++)
        {
            var color = palette[(byte)id];
            (colors[3 * id], colors[3 * id + 1], colors[3 * id + 2]) = (share * color.B + One / 2, share * color.G + One / 2, share * color.R + One / 2);
        }

        var result = new PixelImage(image.Height, image.Width);
        ReadOnlySpan<byte> source = image.Bgra;
        Span<byte> target = result.Bgra;
        for (int i = 0, at = 0; i < ids.Length; i++, at += 4)
        {
            int id = ids[i];
            if (id == LabelMap.IgnoreId)
            {
                source.Slice(at, 3).CopyTo(target[at..]);
            }
            else
            {
                target[at] = (byte)(source[at] * rest + colors[3 * id] >> 8);
                target[at + 1] = (byte)(source[at + 1] * rest + colors[3 * id + 1] >> 8);
                target[at + 2] = (byte)(source[at + 2] * rest + colors[3 * id + 2] >> 8);
            }

            target[at + 3] = 255;
        }

        return result;
    }
}
