// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Onnx.Schema;

namespace Microsoft.ML.SemanticFlow.Quantization;

/// <summary>The first convolution of the scoring form: its input is pixels less their mean, and pixels are bytes already.</summary>
/// <remarks>
/// Σ w (p − m) is Σ w p + v a, where the alpha a of an opaque pixel is 255 and its weight v is −Σ w m / 255. Outside of the image a is 0 as p is, so
/// that the padding stays that of the normalised values. It takes the place of a subtraction and a rounding to bytes on every pixel.
/// </remarks>
/// <param name="Bytes">The pixels, uint8 [N, 4, H, W].</param>
/// <param name="Mean">What is subtracted from each channel, 0 from alpha.</param>
internal sealed record PixelHead(string Bytes, float[] Mean)
{
    public const int Alpha = 3;

    private const int Channels = 4, Opaque = 255;

    /// <summary>Finds Transpose, Cast and Sub before a convolution's input; null where it is no such.</summary>
    public static PixelHead? Before(string input, IReadOnlyDictionary<string, NodeProto> producers, IReadOnlyDictionary<string, TensorProto> constants) =>
        producers.GetValueOrDefault(input) is { OpType: "Sub" } difference
            && producers.GetValueOrDefault(difference.Input[0]) is { OpType: "Cast" } cast
            && producers.GetValueOrDefault(cast.Input[0]) is { OpType: "Transpose" }
            && constants.GetValueOrDefault(difference.Input[1]) is { } mean
            && mean.Dims.SequenceEqual([1, Channels, 1, 1])
            ? new PixelHead(cast.Input[0], MemoryMarshal.Cast<byte, float>(mean.RawData.Span).ToArray())
            : null;

    /// <summary>The weights [outputs, 4, k, k] with alpha's, for pixels in place of differences.</summary>
    public float[] OverPixels(ReadOnlySpan<float> weights, int outputs)
    {
        float[] over = weights.ToArray();
        int area = weights.Length / outputs / Channels;
        for (int output = 0; output < outputs; output++)
        {
            int start = output * Channels * area;
            for (int cell = 0; cell < area; cell++)
            {
                double sum = 0;
                for (int channel = 0; channel < Alpha; channel++)
                    sum += (double)weights[start + (channel * area) + cell] * Mean[channel];
                over[start + (Alpha * area) + cell] = (float)(-sum / Opaque);
            }
        }

        return over;
    }

    /// <summary>What stepped weights of one output give for a pixel of mean colour, whose true value is 0.</summary>
    /// <param name="steps">[4, k, k].</param>
    /// <param name="scale">The size of a step.</param>
    public double AtMean(ReadOnlySpan<sbyte> steps, float scale)
    {
        int area = steps.Length / Channels;
        double sum = 0;
        for (int i = 0; i < steps.Length; i++)
            sum += (double)steps[i] * scale * (i / area == Alpha ? Opaque : Mean[i / area]);
        return sum;
    }
}
