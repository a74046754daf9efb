// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

/// <summary>A convolution to run in libtorch.</summary>
/// <param name="Images">How many.</param>
/// <param name="Channels">Channels in.</param>
/// <param name="Outputs">Channels out.</param>
/// <param name="Height">In pixels, as the width.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Kernel">Its side, an odd number; the edges are padded to keep the size at stride 1.</param>
/// <param name="Stride">In pixels.</param>
/// <param name="Dilation">In pixels.</param>
/// <param name="Bias">Whether there is one.</param>
/// <param name="ChannelsLast">The memory layout of inputs, weights and gradients.</param>
/// <param name="Type">The number format of all of them.</param>
internal sealed record ConvolutionShape(
    int Images, int Channels, int Outputs, int Height, int Width, int Kernel, int Stride, int Dilation, bool Bias, bool ChannelsLast, ScalarType Type)
{
    private const int MostChannels = 600, Block = 16;

    /// <summary>
    /// Whether oneDNN 3.7.1 gets it wrong on any machine that multiplies bfloat16: it then reads and writes past the end of its buffers. Found by
    /// drawing shapes; no network here has such a layer.
    /// </summary>
    public bool IsKnownFault => Type == ScalarType.BFloat16 && ChannelsLast && Channels > Block && Channels % Block != 0 && (Dilation > 1 || Kernel > 3);

    /// <summary>Draws a shape, as often with few channels, which fill no block of a kernel, as with many.</summary>
    /// <param name="random">What draws.</param>
    /// <param name="work">Its most multiplications forward.</param>
    public static ConvolutionShape Draw(Random random, long work)
    {
        while (true)
        {
            var shape = new ConvolutionShape(
                random.Next(1, 4), Channels(), Channels(), random.Next(5, 48), random.Next(5, 48), random.GetItems([1, 3, 7], 1)[0],
                random.Next(1, 3), random.Next(1, 3), random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0 ? ScalarType.Float32 : ScalarType.BFloat16);
            long kernel = shape.Kernel * shape.Kernel * (long)shape.Channels * shape.Outputs;
            if (kernel * shape.Images * shape.Height * shape.Width / (shape.Stride * shape.Stride) <= work)
                return shape;
        }

        int Channels() => (int)Math.Exp(random.NextDouble() * Math.Log(MostChannels + 1));
    }

    /// <summary>Runs it forward and backward, on memory that holds NaN wherever nothing was written, and again in float64, which is not oneDNN's work.</summary>
    /// <returns>What differs by more than rounding, or null.</returns>
    public string? Fault()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        Tensor x = Laid(randn(Images, Channels, Height, Width)), weight = Laid(randn(Outputs, Channels, Kernel, Kernel));
        Tensor[] leaves = Bias ? [x, weight, randn(Outputs).to(Type)] : [x, weight];
        Tensor[] exactLeaves = [.. leaves.Select(t => t.to(ScalarType.Float64).contiguous().requires_grad_())];
        foreach (var leaf in leaves)
            leaf.requires_grad_();

        FillFreeMemory();
        var y = Convolve(leaves);
        var gradient = Laid(randn(y.shape));
        FillFreeMemory();
        y.backward([gradient]);
        var exactY = Convolve(exactLeaves);
        exactY.backward([gradient.to(ScalarType.Float64).contiguous()]);

        // float32 sums of up to 2^18 products; bfloat16 has 8 bits
        double tolerance = Type == ScalarType.Float32 ? 2e-5 : 1.0 / 64;
        List<(string Of, double Is)> errors =
        [
            ("output", Error(y, exactY)),
            ("gradient of the input", Error(x.grad!, exactLeaves[0].grad!)),
            ("gradient of the weights", Error(weight.grad!, exactLeaves[1].grad!)),
        ];
        if (Bias)
            errors.Add(("gradient of the bias", Error(leaves[2].grad!, exactLeaves[2].grad!, size: Math.Sqrt(gradient.numel() / Outputs))));     // sums of random signs may be 0
        string wrong = string.Join(", ", errors.Where(e => !(e.Is < tolerance)).Select(e => FormattableString.Invariant($"{e.Of} {e.Is:g3}")));
        return wrong.Length == 0 ? null : $"{this}: {wrong}";
    }

    private Tensor Convolve(Tensor[] leaves)
    {
        int padding = Dilation * (Kernel / 2);
        return functional.conv2d(leaves[0], leaves[1], leaves.ElementAtOrDefault(2), [Stride, Stride], [padding, padding], [Dilation, Dilation]);
    }

    private Tensor Laid(Tensor t)
    {
        t = t.to(Type);
        return ChannelsLast ? MemoryLayout.ChannelsLast(t) : t;
    }

    /// <returns>The largest difference as a share of the largest value, or of <paramref name="size"/>; infinity when anything is no number.</returns>
    private static double Error(Tensor actual, Tensor exact, double size = 0)
    {
        double difference = (actual.to(ScalarType.Float64) - exact).abs().max().ToDouble();
        return double.IsNaN(difference) ? double.PositiveInfinity : difference / Math.Max(size, exact.abs().max().ToDouble());
    }

    // Where libtorch gets memory next, it finds what would spoil any result.
    private static void FillFreeMemory()
    {
        using var scope = NewDisposeScope();
        for (long length = 1 << 8; length <= 1 << 22; length *= 2)
        {
            for (int i = 0; i < 4; i++)
                empty(length).fill_(float.NaN);
        }
    }
}
