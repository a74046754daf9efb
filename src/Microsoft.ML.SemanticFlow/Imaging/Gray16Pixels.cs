// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Reads a 16-bit gray PNG by its own range, <see cref="Gray16.Stretch"/>.</summary>
internal static class Gray16Pixels
{
    /// <summary>Bits a channel of a PNG by its header; 8 for any other file.</summary>
    /// <param name="file">Its first bytes.</param>
    /// <param name="isGray">Whether its pixels are gray without alpha.</param>
    public static int BitsOfPng(ReadOnlySpan<byte> file, out bool isGray)
    {
        const int DepthAt = 24, ColorTypeAt = 25;
        bool isPng = file.Length > ColorTypeAt && file.StartsWith(PngIndexReader.Signature);
        isGray = isPng && file[ColorTypeAt] == 0;
        return isPng ? Math.Max(file[DepthAt], (byte)8) : 8;
    }

    /// <summary>Reads a file's bytes, turned as it is shown.</summary>
    /// <param name="file">A 16-bit gray PNG.</param>
    /// <param name="source">How messages name it.</param>
    /// <param name="rent">Whether to take the pixels' memory from the pool.</param>
    public static PixelImage Stretch(byte[] file, string source, bool rent)
    {
        var png = PngIndexReader.Read(file, source);
        ushort least = TensorPrimitives.Min<ushort>(png.WideSamples), greatest = TensorPrimitives.Max<ushort>(png.WideSamples);
        int range = Math.Max(1, greatest - least);
        var image = rent ? PixelImage.Rent(png.Height, png.Width) : new PixelImage(png.Height, png.Width);
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Bgra);
        for (int i = 0; i < pixels.Length; i++)
        {
            uint gray = (uint)(((2 * 255 * (png.WideSamples[i] - least)) + range) / (2 * range)); // to the nearest
            pixels[i] = 0xFF000000 | gray << 16 | gray << 8 | gray;
        }

        return image;
    }
}
