// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <summary>A convolution's numbers. What is folded into them is kept as factors until they are written, so that folding rounds once.</summary>
/// <param name="Outputs">Output channels.</param>
/// <param name="Inputs">Input channels.</param>
/// <param name="Kernel">Side of the square kernel.</param>
/// <param name="Weight">[Outputs, Inputs / Groups, Kernel, Kernel], before the factors.</param>
/// <param name="Bias">[Outputs]; null for none.</param>
internal sealed record ConvolutionWeights(int Outputs, int Inputs, int Kernel, float[] Weight, double[]? Bias)
{
    public int Stride { get; init; } = 1;

    public int Padding { get; init; }

    public int Dilation { get; init; } = 1;

    /// <summary>Parts that inputs and outputs are cut into, each convolved by itself.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Input channels that an output channel sees.</summary>
    public int InputsOfGroup => Inputs / Groups;

    // Factors of the weights: [Outputs] and [InputsOfGroup]; null for ones.
    private double[]? OutputScale { get; init; }

    private double[]? InputScale { get; init; }

    /// <summary>The convolution with what follows it, y = scale x + shift by channel.</summary>
    public ConvolutionWeights Then(double[] scale, double[] shift)
    {
        Debug.Assert(scale.Length == Outputs && shift.Length == Outputs && OutputScale is null, "Nothing is folded twice.");
        var bias = new double[Outputs];
        for (int output = 0; output < Outputs; output++)
            bias[output] = ((Bias?[output] ?? 0) * scale[output]) + shift[output];
        return this with { OutputScale = scale, Bias = bias };
    }

    /// <summary>The convolution over decoded pixels in place of the network's channels.</summary>
    public ConvolutionWeights Over(PixelChannels pixels)
    {
        Debug.Assert(Groups == 1 && InputScale is null, "A first convolution sees all channels.");
        int area = Kernel * Kernel, inputs = pixels.Source.Count;
        var weight = new float[Outputs * inputs * area];
        for (int output = 0; output < Outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                if (pixels.Source[input] is var source and >= 0)
                    Weight.AsSpan(((output * Inputs) + source) * area, area).CopyTo(weight.AsSpan(((output * inputs) + input) * area));
            }
        }

        return this with { Inputs = inputs, Weight = weight, InputScale = [.. pixels.Source.Select(source => source < 0 ? 0 : pixels.Scale[source])] };
    }

    /// <summary>The weights with their factors, [Outputs, Inputs / Groups, Kernel, Kernel].</summary>
    public void WriteTo(Span<float> destination)
    {
        int area = Kernel * Kernel, i = 0;
        for (int output = 0; output < Outputs; output++)
        {
            double ofOutput = OutputScale?[output] ?? 1;
            for (int input = 0; input < InputsOfGroup; input++)
            {
                double ofInput = InputScale?[input] ?? 1;
                for (int end = i + area; i < end; i++)
                    destination[i] = (float)(Weight[i] * ofOutput * ofInput);
            }
        }
    }
}
