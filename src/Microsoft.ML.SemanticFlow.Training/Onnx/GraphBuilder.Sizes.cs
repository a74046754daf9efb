// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using static Microsoft.ML.SemanticFlow.Onnx.Schema.TensorProto.Types;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <content>Operators that move a map between grids; constants for fixed sizes, computed in the graph for free ones.</content>
internal sealed partial class GraphBuilder
{
    private const int HeightAxis = 2, WidthAxis = 3;

    /// <summary>Bilinear resize, corners aligned, to the size of another map.</summary>
    public OnnxValue ResizeLike(OnnxValue x, OnnxValue like) => like.HasSize && (x.Height, x.Width) == (like.Height, like.Width)
        ? x
        : Resize(x, SizeAsTensor(like), like.Height, like.Width) with { Stride = like.Stride };

    private string SizeAsTensor(OnnxValue map) =>
        map.HasSize ? Constant(map.Height!.Value, map.Width!.Value) : Node("Shape", [map.Name], Int("start", HeightAxis), Int("end", WidthAxis + 1));

    private OnnxValue Resize(OnnxValue x, string size, int? height, int? width) => x with
    {
        Name = Node("Resize", [Feature(x), "", "", size], Ints("axes", HeightAxis, WidthAxis), Text("mode", "linear"), Text("coordinate_transformation_mode", "align_corners")),
        Height = height,
        Width = width,
    };

    /// <summary>Averages over <paramref name="regions"/> x <paramref name="regions"/> regions as PyTorch's adaptive pooling draws them.</summary>
    public OnnxValue AdaptiveAveragePool(OnnxValue x, int regions)
    {
        string name;
        if (regions == 1)
        {
            name = Node("GlobalAveragePool", [Feature(x)]);
        }
        else if (x is { Height: { } height, Width: { } width })
        {
            name = height % regions == 0 && width % regions == 0
                ? Node("AveragePool", [Feature(x)], Ints("kernel_shape", height / regions, width / regions), Ints("strides", height / regions, width / regions))
                : Node("MatMul",
                [
                    Node("MatMul", [Constant(Averaging(height, regions), regions, height), Feature(x)]),
                    Node("Transpose", [Constant(Averaging(width, regions), regions, width)], Ints("perm", 1, 0)),
                ]);
        }
        else
        {
            name = Node("MatMul", [Node("MatMul", [Averaging(x, HeightAxis, regions), Feature(x)]), Node("Transpose", [Averaging(x, WidthAxis, regions)], Ints("perm", 1, 0))]);
        }

        return x with { Name = name, Height = x.HasSize ? regions : null, Width = x.HasSize ? regions : null, Stride = 0 };
    }

    /// <summary>
    /// Samples <paramref name="x"/> at every cell of the flow's grid: positions run from -1 to 1, corners aligned, plus flow / (W, H), x then
    /// y; outside is zero.
    /// </summary>
    /// <remarks>
    /// Corners are not aligned in GridSample itself, which is the fast way through ONNX Runtime (106 against 9 ms): positions scaled by
    /// (n - 1) / n name the same samples.
    /// </remarks>
    public OnnxValue WarpByFlow(OnnxValue x, OnnxValue flow)
    {
        Expect(flow.Channels == 2, "GridSample", flow, "2 channels");
        string moved = Node("Transpose", [Feature(flow)], Ints("perm", 0, 2, 3, 1));                 // [N,H,W,2]
        string grid, step;
        if (x is { Height: { } height, Width: { } width } && flow is { Height: { } flowHeight, Width: { } flowWidth })
        {
            double scaleY = IsPlain ? 1 : (height - 1.0) / height, scaleX = IsPlain ? 1 : (width - 1.0) / width;
            var positions = new float[flowHeight * flowWidth * 2];
            for (int y = 0; y < flowHeight; y++)
            {
                for (int column = 0; column < flowWidth; column++)
                {
                    positions[2 * ((y * flowWidth) + column)] = (float)(Position(column, flowWidth) * scaleX);
                    positions[(2 * ((y * flowWidth) + column)) + 1] = (float)(Position(y, flowHeight) * scaleY);
                }
            }

            grid = Constant(positions, 1, flowHeight, flowWidth, 2);
            step = Constant([(float)(scaleX / flowWidth), (float)(scaleY / flowHeight)], 2);
        }
        else
        {
            var (positionsY, stepY) = Positions(x, flow, HeightAxis);
            var (positionsX, stepX) = Positions(x, flow, WidthAxis);
            string shape = Node("Concat", [Constant(1), Side(flow, HeightAxis), Side(flow, WidthAxis), Constant(1)], Int("axis", 0));
            grid = Node("Concat", [Spread(positionsX, 0, 1, 3), Spread(positionsY, 0, 2, 3)], Int("axis", 3));
            step = Node("Concat", [stepX, stepY], Int("axis", 0));

            string Spread(string positions, params long[] axes) => Node("Expand", [Node("Unsqueeze", [positions, Constant(axes)]), shape]);
        }

        string samples = Node("Add", [grid, Node("Mul", [moved, step])]);
        string name = Node("GridSample", [Feature(x), samples], Text("mode", "bilinear"), Text("padding_mode", "zeros"), Int("align_corners", IsPlain ? 1 : 0));
        return new OnnxValue(name, x.Channels, flow.Height, flow.Width) { Stride = flow.Stride };

        // Upstream: on a grid of one cell the only position is -1, not 0.
        static double Position(int i, int count) => count == 1 ? -1 : ((2.0 * i) - (count - 1)) / (count - 1);
    }

    // [regions, length]: row i averages from floor(i n / r) to ceil((i + 1) n / r).
    private static float[] Averaging(int length, int regions)
    {
        var matrix = new float[regions * length];
        for (int i = 0; i < regions; i++)
        {
            int start = i * length / regions, end = (((i + 1) * length) + regions - 1) / regions;
            matrix.AsSpan((i * length) + start, end - start).Fill(1f / (end - start));
        }

        return matrix;
    }

    // The same matrix by the same integer arithmetic, for a side that only the graph knows.
    private string Averaging(OnnxValue x, int axis, int regions)
    {
        string length = Side(x, axis);
        string Times(int from) => Node("Mul", [Column(from, regions), length]);
        string start = Node("Div", [Times(0), Constant(regions)]);
        string end = Node("Div", [Node("Add", [Times(1), Constant(regions - 1)]), Constant(regions)]);
        string index = Range(length);
        string inside = Node("And", [Node("GreaterOrEqual", [index, start]), Node("Less", [index, end])]);
        return Node("Div", [Float(inside), Float(Node("Sub", [end, start]))]);
    }

    // Scaled positions of the flow's cells along one axis, [n], and the scaled step of a flow of one, [1].
    private (string Positions, string Step) Positions(OnnxValue x, OnnxValue flow, int axis)
    {
        string length = Float(Side(x, axis)), cells = Float(Side(flow, axis));
        string scale = IsPlain ? Constant([1f], 1) : Node("Div", [Node("Sub", [length, Constant([1f], 1)]), length]);
        // The divisor of at least 1 makes the one position -1 on a grid of one cell.
        string last = Node("Max", [Node("Sub", [cells, Constant([1f], 1)]), Constant([1f], 1)]);
        string twice = Node("Mul", [Float(Range(Side(flow, axis))), Constant([2f], 1)]);
        string positions = Node("Div", [Node("Sub", [twice, last]), last]);
        return (Node("Mul", [positions, scale]), Node("Div", [scale, cells]));
    }

    private string Column(int from, int count) => Constant(DataType.Int64, MemoryMarshal.AsBytes<long>(
        [.. Enumerable.Range(from, count).Select(i => (long)i)]).ToArray(), [count, 1]);

    private string Side(OnnxValue x, int axis) => Node("Shape", [x.Name], Int("start", axis), Int("end", axis + 1));

    private string Range(string length) => Node("Range", [Scalar(0), Node("Squeeze", [length]), Scalar(1)]);

    private string Float(string value) => Node("Cast", [value], Int("to", (int)DataType.Float));
}
