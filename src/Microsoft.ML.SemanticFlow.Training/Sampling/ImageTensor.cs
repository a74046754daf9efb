// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>A whole image as the network takes it, without augmentation.</summary>
internal static class ImageTensor
{
    /// <summary>RGB, normalised, float32 [1, 3, H, W].</summary>
    public static Tensor Of(PixelImage image, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (image.Height, image.Width);
        var storage = empty(channelsLast ? [1, height, width, 3] : [1, 3, height, width], float32);
        var values = MemoryMarshal.Cast<byte, float>(storage.bytes);
        if (channelsLast)
            PixelNormalization.ImageNet.ToPixels(image.Bgra, values);
        else
            PixelNormalization.ImageNet.ToPlanes(image.Bgra, values);
        return (channelsLast ? storage.permute(0, 3, 1, 2) : storage).MoveToOuterDisposeScope();
    }
}
