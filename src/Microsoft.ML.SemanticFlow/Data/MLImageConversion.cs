// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>ML.NET's images to ours and back, without the slow <see cref="MLImage.GetBGRPixels"/>.</summary>
/// <remarks>Colours are taken as they are: ML.NET multiplies the alpha of translucent files in when it reads them.</remarks>
internal static class MLImageConversion
{
    /// <param name="image">ML.NET's image; it stays the caller's.</param>
    /// <param name="rent">Whether to take the pixels' memory from the pool: dispose the image then.</param>
    public static PixelImage ToPixels(MLImage image, bool rent = false)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.PixelFormat is not (MLPixelFormat.Bgra32 or MLPixelFormat.Rgba32))
            throw new ArgumentException(
                $"The image '{image.Tag}' has the pixel format {image.PixelFormat}; {MLPixelFormat.Bgra32} and {MLPixelFormat.Rgba32} can be read.", nameof(image));
        var result = rent ? PixelImage.Rent(image.Height, image.Width) : new PixelImage(image.Height, image.Width);
        if (image.PixelFormat == MLPixelFormat.Bgra32)
            image.Pixels.CopyTo(result.Bgra);
        else
            SwapRedAndBlue(MemoryMarshal.Cast<byte, uint>(image.Pixels), MemoryMarshal.Cast<byte, uint>(result.Bgra));
        return result;
    }

    public static MLImage ToMLImage(PixelImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return MLImage.CreateFromPixels(image.Width, image.Height, MLPixelFormat.Bgra32, image.Bgra);
    }

    private static void SwapRedAndBlue(ReadOnlySpan<uint> source, Span<uint> target)
    {
        for (int i = 0; i < source.Length; i++)
        {
            uint pixel = source[i];
            target[i] = pixel & 0xFF00FF00 | pixel >> 16 & 0xFF | (pixel & 0xFF) << 16;
        }
    }
}
