// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>A whole image as the network takes it, without augmentation.</summary>
internal static class ImageTensor
{
    // The channel statistics of ModelDescription, on bytes.
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Std = [0.229f, 0.224f, 0.225f];
    private static readonly float[][] Normalised = [.. Enumerable.Range(0, 3).Select(channel => Enumerable.Range(0, 256).Select(value => (value / 255f - Mean[channel]) / Std[channel]).ToArray())];

    /// <summary>RGB, normalised, float32 [1, 3, H, W].</summary>
    public static Tensor Of(PixelImage image, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var (height, width) = (image.Height, image.Width);
        var storage = empty(channelsLast ? [1, height, width, 3] : [1, 3, height, width], float32);
        var values = MemoryMarshal.Cast<byte, float>(storage.bytes);
        var (red, green, blue) = (Normalised[0], Normalised[1], Normalised[2]);
        int pixels = height * width;
        var (step, plane) = channelsLast ? (3, 1) : (1, pixels);
        var bgra = image.Bgra;
        for (int i = 0, at = 0; i < pixels; i++, at += step)
        {
            values[at] = red[bgra[4 * i + 2]];
            values[at + plane] = green[bgra[4 * i + 1]];
            values[at + 2 * plane] = blue[bgra[4 * i]];
        }

        return (channelsLast ? storage.permute(0, 3, 1, 2) : storage).MoveToOuterDisposeScope();
    }
}
