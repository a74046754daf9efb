// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Weights, images and labels as formulas of their names, so that no reference file has to carry them.</summary>
/// <remarks>Section 1 of the golden data's README; bit for bit the same as in the program that made the data.</remarks>
public static class GoldenFormula
{
    private const ulong GoldenRatio = 0x9E3779B97F4A7C15UL;

    /// <summary>The seed of a stream: FNV-1a, 64 bits, over the UTF-8 bytes of its name.</summary>
    public static ulong Seed(string name)
    {
        ulong hash = 0xCBF29CE484222325UL;
        foreach (byte b in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 0x100000001B3UL);
        return hash;
    }

    /// <summary>Element <paramref name="index"/> of a stream: SplitMix64.</summary>
    public static ulong Bits(ulong seed, long index)
    {
        unchecked
        {
            ulong z = seed + (ulong)(index + 1) * GoldenRatio;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A weight tensor. Rows of 16 elements and more are centred, in integers.</summary>
    /// <param name="name">State-dict name without <c>module.</c>.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    /// <param name="offset">Of the manifest.</param>
    /// <param name="scale">Of the manifest.</param>
    public static float[] Tensor(string name, ReadOnlySpan<long> shape, double offset, double scale)
    {
        long count = 1;
        foreach (long size in shape) count *= size;
        var values = new float[count];
        ulong seed = Seed(name);
        long row = shape.Length >= 2 ? count / shape[0] : 0;
        if (row < 16)
        {
            for (long i = 0; i < count; i++) values[i] = (float)(offset + scale * ((double)(2 * Draw(i) - 16777216) / 16777216.0));
            return values;
        }

        for (long start = 0; start < count; start += row)
        {
            long sum = 0;
            for (long j = 0; j < row; j++) sum += Draw(start + j);
            for (long j = 0; j < row; j++)
                values[start + j] = (float)(offset + scale * ((double)(2 * Draw(start + j) * row - 2 * sum) / ((double)row * 16777216.0)));
        }

        return values;

        long Draw(long index) => (long)(Bits(seed, index) >> 40);
    }

    /// <summary>Offset and scale of a weight tensor, by the rule that the manifests follow.</summary>
    /// <param name="name">State-dict name without <c>module.</c>.</param>
    /// <param name="shape">Sizes, outermost first.</param>
    /// <param name="isKnown">Whether the state dict has a tensor of some name.</param>
    public static (double Offset, double Scale) Rule(string name, ReadOnlySpan<long> shape, Predicate<string> isKnown)
    {
        if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal)) return (0, 0);
        if (name.EndsWith("running_mean", StringComparison.Ordinal)) return (0, 0.1);
        if (name.EndsWith("running_var", StringComparison.Ordinal)) return (1, 0.25);
        if (shape.Length == 1) return name.EndsWith(".weight", StringComparison.Ordinal) ? (1, 0.2) : (0, 0.1);

        long row = 1;
        foreach (long size in shape[1..]) row *= size;
        double gain = name switch
        {
            _ when name.EndsWith("flow_make.weight", StringComparison.Ordinal) => 1.5,
            _ when name.EndsWith("flow_gate.0.weight", StringComparison.Ordinal) => 0.25,
            _ when name.EndsWith("conv_last.1.weight", StringComparison.Ordinal) || name.EndsWith(".4.weight", StringComparison.Ordinal) => 2,
            _ when name.EndsWith(".conv3.weight", StringComparison.Ordinal) => 0.3,
            _ when name.EndsWith(".conv2.weight", StringComparison.Ordinal) && !isKnown(name.Replace(".conv2.", ".conv3.", StringComparison.Ordinal)) => 0.3,
            _ => 1,
        };
        return (0, gain * Math.Sqrt(8.0 / row));
    }

    /// <summary>RGB images, in the order batch, row, column, channel.</summary>
    public static byte[] Images(string tag, int count, int height, int width)
    {
        var bytes = new byte[count * height * width * 3];
        ulong seed = Seed(tag);
        int i = 0;
        for (int n = 0; n < count; n++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    for (int c = 0; c < 3; c++, i++)
                    {
                        int noise = (int)(Bits(seed, i) >> 56);
                        int fine = Triangle(3 * x + 2 * y + 37 * c + 11 * n, 96 + 16 * c), coarse = Triangle(x + 4 * y + 50 * c + 29 * n, 61 + 10 * c);
                        int block = 51 * ((x / 24 + 2 * (y / 20) + c + n) % 6);
                        bytes[i] = (byte)((5 * fine + 4 * coarse + 4 * block + 3 * noise) >> 4);
                    }

        return bytes;
    }

    /// <summary>Class ids, in the order batch, row, column; 255 is ignored.</summary>
    public static byte[] Labels(string tag, int count, int height, int width, int classes = 19, byte ignore = 255)
    {
        var labels = new byte[count * height * width];
        ulong seed = Seed(tag);
        int i = 0;
        for (int n = 0; n < count; n++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++, i++)
                {
                    int noise = (int)(Bits(seed, i) >> 56);
                    bool ignored = noise < 16 || (x / 16 + y / 16) % 8 == 5;
                    labels[i] = ignored ? ignore : (byte)((x / 13 + 3 * (y / 11) + 5 * n) % classes);
                }

        return labels;
    }

    /// <summary>Network input [N, 3, H, W] of RGB images [N, H, W, 3]: (b / 255 - mean) / std, in float32.</summary>
    public static float[] Normalised(ReadOnlySpan<byte> images, int count, int height, int width)
    {
        ReadOnlySpan<float> mean = [0.485f, 0.456f, 0.406f], std = [0.229f, 0.224f, 0.225f];
        var input = new float[images.Length];
        int plane = height * width;
        for (int n = 0; n < count; n++)
            for (int c = 0; c < 3; c++)
                for (int p = 0; p < plane; p++)
                    input[(n * 3 + c) * plane + p] = (images[(n * plane + p) * 3 + c] / 255f - mean[c]) / std[c];
        return input;
    }

    private static int Triangle(int t, int period)
    {
        int v = 510 * (t % period) / period;
        return v <= 255 ? v : 510 - v;
    }
}
