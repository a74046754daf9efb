// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Resizes images and masks, bit for bit as Pillow does.</summary>
internal static class Resampling
{
    public static PixelImage Resize(PixelImage source, int height, int width, ResamplingFilter filter) => throw new NotSupportedException();

    public static byte[] Nearest(ReadOnlySpan<byte> ids, int height, int width, int newHeight, int newWidth) => throw new NotSupportedException();
}
