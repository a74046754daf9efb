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

    /// <summary>The part that sees some of the input channels.</summary>
    /// <param name="channels">The input channels, in the order that the part sees them.</param>
    /// <param name="withBias">Whether the bias belongs to this part: of the parts of a sum, to one.</param>
    public ConvolutionWeights Seeing(IReadOnlyList<int> channels, bool withBias)
    {
        Debug.Assert(Groups == 1 && InputScale is null, "Outputs see all inputs alike.");
        int area = Kernel * Kernel, next = 0;
        var weight = new float[Outputs * channels.Count * area];
        for (int output = 0; output < Outputs; output++)
        {
            foreach (int channel in channels)
            {
                Weight.AsSpan(((output * Inputs) + channel) * area, area).CopyTo(weight.AsSpan(next));
                next += area;
            }
        }

        return this with { Inputs = channels.Count, Weight = weight, Bias = withBias ? Bias : null };
    }

    /// <summary>The parts that see the first and the last half of the input channels, of which the first takes the bias.</summary>
    public (ConvolutionWeights First, ConvolutionWeights Last) Halves() =>
        (Seeing([.. Enumerable.Range(0, Inputs / 2)], withBias: true), Seeing([.. Enumerable.Range(Inputs / 2, Inputs / 2)], withBias: false));

    /// <summary>The mean of the channels, as a convolution.</summary>
    public static ConvolutionWeights Mean(int channels)
    {
        var weight = new float[channels];
        weight.AsSpan().Fill(1f / channels);
        return new ConvolutionWeights(1, channels, Kernel: 1, weight, Bias: null);
    }

    /// <summary>One convolution for this one over what another gives that looks at single cells.</summary>
    /// <remarks>Without a bias the other gives zero where its input is zero, so the padding stays what it was.</remarks>
    public ConvolutionWeights Over(ConvolutionWeights before)
    {
        Debug.Assert(before is { Kernel: 1, Stride: 1, Padding: 0, Groups: 1, Bias: null } && Groups == 1 && before.Outputs == Inputs, "Only then are both one.");
        Debug.Assert((OutputScale ?? InputScale ?? before.OutputScale ?? before.InputScale) is null, "No norm lies between.");
        int area = Kernel * Kernel;
        var weight = new float[Outputs * before.Inputs * area];
        for (int output = 0; output < Outputs; output++)
        {
            for (int input = 0; input < before.Inputs; input++)
            {
                for (int cell = 0; cell < area; cell++)
                {
                    double sum = 0;
                    for (int middle = 0; middle < Inputs; middle++)
                        sum += (double)Weight[(((output * Inputs) + middle) * area) + cell] * before.Weight[(middle * before.Inputs) + input];
                    weight[(((output * before.Inputs) + input) * area) + cell] = (float)sum;
                }
            }
        }

        return this with { Inputs = before.Inputs, Weight = weight };
    }

    /// <summary>Both convolutions of one map at once: this one's output channels, then the other's.</summary>
    public ConvolutionWeights Beside(ConvolutionWeights other)
    {
        Debug.Assert(other == this with { Outputs = other.Outputs, Weight = other.Weight } && (Bias ?? OutputScale) is null, "They differ in their weights only.");
        return this with { Outputs = Outputs + other.Outputs, Weight = [.. Weight, .. other.Weight] };
    }

    /// <summary>Each cell of the kernel as a convolution of one cell: output channels (output, row, column).</summary>
    /// <param name="block">Channels of zeros are added until their number is a multiple of this.</param>
    public ConvolutionWeights ByCell(int block = 1)
    {
        Debug.Assert(Groups == 1 && InputScale is null && Bias is null, "Only weights are rearranged.");
        int area = Kernel * Kernel, cells = (Outputs * area + block - 1) / block * block;
        var weight = new float[cells * Inputs];
        for (int output = 0; output < Outputs; output++)
        {
            for (int input = 0; input < Inputs; input++)
            {
                for (int cell = 0; cell < area; cell++)
                    weight[(((output * area) + cell) * Inputs) + input] = Weight[(((output * Inputs) + input) * area) + cell];
            }
        }

        double[]? scale = OutputScale is null ? null : [.. OutputScale.SelectMany(factor => Enumerable.Repeat(factor, area)), .. new double[cells - (Outputs * area)]];
        return new ConvolutionWeights(cells, Inputs, Kernel: 1, weight, Bias: null) { OutputScale = scale };
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
