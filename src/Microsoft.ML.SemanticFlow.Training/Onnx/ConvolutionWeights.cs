// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <summary>A convolution's numbers in double precision, so that folding rounds once.</summary>
/// <param name="Outputs">Output channels.</param>
/// <param name="Inputs">Input channels.</param>
/// <param name="Kernel">Side of the square kernel.</param>
/// <param name="Weight">[Outputs, Inputs / Groups, Kernel, Kernel].</param>
/// <param name="Bias">[Outputs]; null for none.</param>
internal sealed record ConvolutionWeights(int Outputs, int Inputs, int Kernel, double[] Weight, double[]? Bias)
{
    public int Stride { get; init; } = 1;

    public int Padding { get; init; }

    public int Dilation { get; init; } = 1;

    /// <summary>Parts that inputs and outputs are cut into, each convolved by itself.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Input channels that an output channel sees.</summary>
    public int InputsOfGroup => Inputs / Groups;

    /// <summary>The convolution with what follows it, y = scale x + shift by channel.</summary>
    public ConvolutionWeights Then(ReadOnlySpan<double> scale, ReadOnlySpan<double> shift)
    {
        Debug.Assert(scale.Length == Outputs && shift.Length == Outputs);
        int row = InputsOfGroup * Kernel * Kernel;
        var weight = new double[Weight.Length];
        var bias = new double[Outputs];
        for (int output = 0; output < Outputs; output++)
        {
            for (int i = output * row; i < (output + 1) * row; i++)
                weight[i] = Weight[i] * scale[output];
            bias[output] = ((Bias?[output] ?? 0) * scale[output]) + shift[output];
        }

        return this with { Weight = weight, Bias = bias };
    }

    /// <summary>The convolution over decoded pixels in place of the network's channels.</summary>
    public ConvolutionWeights Over(PixelChannels pixels)
    {
        Debug.Assert(Groups == 1, "A first convolution sees all channels.");
        int area = Kernel * Kernel, inputs = pixels.Source.Count;
        var weight = new double[Outputs * inputs * area];
        for (int output = 0; output < Outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                int source = pixels.Source[input];
                for (int i = 0; source >= 0 && i < area; i++)
                    weight[(((output * inputs) + input) * area) + i] = Weight[(((output * Inputs) + source) * area) + i] * pixels.Scale[source];
            }
        }

        return this with { Inputs = inputs, Weight = weight };
    }
}
