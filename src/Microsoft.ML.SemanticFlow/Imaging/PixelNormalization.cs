// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Decoded pixels to what a network takes: (value / 255 - mean) / std by channel.</summary>
/// <remarks>The same float32 operations in the same order as torchvision's ToTensor and Normalize, once per byte value.</remarks>
internal sealed class PixelNormalization
{
    private const int Channels = 3, Values = 256;

    private readonly float[] _table = new float[Channels * Values];
    private readonly int _first, _step;     // where the channels lie in a pixel of blue, green, red, alpha

    /// <param name="mean">The channels' means in [0, 1], in their order.</param>
    /// <param name="std">Their standard deviations.</param>
    /// <param name="order">Which channels.</param>
    public PixelNormalization(IReadOnlyList<float> mean, IReadOnlyList<float> std, ChannelOrder order = ChannelOrder.Rgb)
        : this(order, (channel, value) => (value / 255f - mean[channel]) / std[channel])
    {
    }

    private PixelNormalization(ChannelOrder order, Func<int, int, float> normalise)
    {
        (_first, _step) = order == ChannelOrder.Rgb ? (2, -1) : (0, 1);
        for (int i = 0; i < _table.Length; i++)
            _table[i] = normalise(i / Values, i % Values);
    }

    /// <summary>The statistics of ImageNet, which the papers train and publish with.</summary>
    public static IReadOnlyList<float> ImageNetMean { get; } = [0.485f, 0.456f, 0.406f];

    public static IReadOnlyList<float> ImageNetStd { get; } = [0.229f, 0.224f, 0.225f];

    public static PixelNormalization ImageNet { get; } = new(ImageNetMean, ImageNetStd);

    /// <summary>The values as they are, 0 to 255, for a network that normalises them itself.</summary>
    public static PixelNormalization AsDecoded(ChannelOrder order) => new(order, static (_, value) => value);

    /// <summary>Writes three planes, [3, H, W].</summary>
    /// <param name="bgra">H W pixels.</param>
    /// <param name="planes">Takes 3 H W values; longer is fine.</param>
    public void ToPlanes(ReadOnlySpan<byte> bgra, Span<float> planes)
    {
        int size = bgra.Length / 4;
        for (int channel = 0; channel < Channels; channel++)
        {
            var table = _table.AsSpan(channel * Values, Values);
            var plane = planes.Slice(channel * size, size);
            int from = _first + (channel * _step);
            for (int i = 0; i < plane.Length; i++)
                plane[i] = table[bgra[(4 * i) + from]];
        }
    }

    /// <summary>Writes the channels of each pixel together, [H, W, 3].</summary>
    /// <param name="bgra">H W pixels.</param>
    /// <param name="pixels">Takes 3 H W values; longer is fine.</param>
    public void ToPixels(ReadOnlySpan<byte> bgra, Span<float> pixels)
    {
        ReadOnlySpan<float> table = _table;
        for (int from = 0, to = 0; from < bgra.Length; from += 4, to += Channels)
        {
            pixels[to] = table[bgra[from + _first]];
            pixels[to + 1] = table[Values + bgra[from + 1]];
            pixels[to + 2] = table[2 * Values + bgra[from + 2 - _first]];
        }
    }
}
