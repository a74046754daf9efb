// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics.Tensors;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Decoded pixels to what a network takes.</summary>
internal static class PixelPacking
{
    /// <summary>Writes (value / 255 - mean) / std of red, green and blue as three planes, [3, H, W].</summary>
    /// <param name="image">The image.</param>
    /// <param name="mean">Means of red, green and blue in [0, 1].</param>
    /// <param name="std">Standard deviations of red, green and blue in [0, 1].</param>
    /// <param name="planes">Takes 3 H W values; longer is fine.</param>
    public static void Normalise(PixelImage image, IReadOnlyList<float> mean, IReadOnlyList<float> std, Span<float> planes)
    {
        int size = image.Height * image.Width;
        Span<float> table = stackalloc float[256];
        for (int channel = 0; channel < 3; channel++)
        {
            // The same float32 operations in the same order as torchvision's ToTensor and Normalize, once per byte value.
            for (int value = 0; value < 256; value++)
                table[value] = value / 255f;
            TensorPrimitives.Subtract(table, mean[channel], table);
            TensorPrimitives.Divide(table, std[channel], table);

            ReadOnlySpan<byte> bgra = image.Bgra;
            var plane = planes.Slice(channel * size, size);
            int offset = 2 - channel;
            for (int i = 0; i < plane.Length; i++)
                plane[i] = table[bgra[(4 * i) + offset]];
        }
    }
}
