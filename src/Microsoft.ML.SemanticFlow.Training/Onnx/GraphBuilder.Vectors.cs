// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <content>Operators between maps and vectors: one value a channel, [N, C, 1, 1].</content>
internal sealed partial class GraphBuilder
{
    /// <summary>The sum over all cells of each channel: a map to a vector.</summary>
    public OnnxValue Sum(OnnxValue x) =>
        x with { Name = Node("ReduceSum", [Feature(x), Constant(HeightAxis, WidthAxis)], Int("keepdims", 1)), Height = 1, Width = 1, Stride = 0 };

    /// <summary>A map with each channel scaled by its value in a vector.</summary>
    public OnnxValue Scale(OnnxValue x, OnnxValue vector)
    {
        Expect((vector.Channels, vector.Height, vector.Width) == (x.Channels, 1, 1), "Mul", vector, $"{x.Channels} channels of one cell");
        return x with { Name = Node("Mul", [Feature(x), Feature(vector)]) };
    }

    /// <summary>The same values, channel by channel and row by row, in another shape.</summary>
    public OnnxValue Reshape(OnnxValue x, int channels, int height, int width)
    {
        Expect(x.Channels * x.Height * x.Width == channels * height * width, "Reshape", x, $"{channels * height * width} values");
        return new OnnxValue(Node("Reshape", [Feature(x), Constant(SameBatch, channels, height, width)]), channels, height, width);
    }

    /// <summary>Channels become rows and rows channels.</summary>
    public OnnxValue SwapChannelsAndRows(OnnxValue x)
    {
        Expect(x.HasSize, "Transpose", x, "a known height");
        return x with { Name = Node("Transpose", [Feature(x)], Ints("perm", 0, 2, 1, 3)), Channels = x.Height!.Value, Height = x.Channels };
    }

    /// <summary>Each group of channels brought to mean 0 and variance 1 over all of its cells, then scaled and shifted by channel.</summary>
    public OnnxValue GroupNorm(OnnxValue x, int groups, double[] weight, double[] bias, double epsilon)
    {
        Expect(x.Channels % groups == 0 && weight.Length == x.Channels && bias.Length == x.Channels, "GroupNorm", x, $"a multiple of {groups} channels, {weight.Length} in all");
        string shape = x is { Height: { } height, Width: { } width } ? Constant(SameBatch, x.Channels, height, width) : Node("Shape", [x.Name]);
        float[] ones = new float[groups];
        ones.AsSpan().Fill(1);
        string rows = Node("Reshape", [Feature(x), Constant(SameBatch, groups, -1)]);
        string normed = Node("InstanceNormalization", [rows, Constant(ones, groups), Constant(new float[groups], groups)], Real("epsilon", (float)epsilon));
        string scaled = Node("Mul", [Node("Reshape", [normed, shape]), Constant(Single(weight), 1, x.Channels, 1, 1)]);
        return x with { Name = Node("Add", [scaled, Constant(Single(bias), 1, x.Channels, 1, 1)]) };
    }
}
