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
    public static PixelImage ToPixels(MLImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var result = new PixelImage(image.Height, image.Width);
        switch (image.PixelFormat)
        {
            case MLPixelFormat.Bgra32:
                image.Pixels.CopyTo(result.Bgra);
                break;
            case MLPixelFormat.Rgba32:
                SwapRedAndBlue(MemoryMarshal.Cast<byte, uint>(image.Pixels), MemoryMarshal.Cast<byte, uint>(result.Bgra.AsSpan()));
                break;
            default:
                throw new ArgumentException($"The image '{image.Tag}' has the pixel format {image.PixelFormat}; {MLPixelFormat.Bgra32} and {MLPixelFormat.Rgba32} can be read.", nameof(image));
        }

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
