// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <content>A convolution of an enlarged map that never makes the enlarged map.</content>
/// <remarks>
/// Enlarging mixes cells and the kernel mixes channels, so they can trade places: each cell of the kernel becomes a convolution of one cell on
/// the small map. A product from each side with a matrix of bilinear weights, moved by a cell, enlarges and adds them up;
/// where the kernel reaches past the border the matrices are zero, as the padding is. Of few outputs, the cells are enlarged, moved and
/// added up. The numbers are those of the plain graph but for rounding.
/// </remarks>
internal sealed partial class GraphBuilder
{
    // Products of matrices run a little slower than convolutions, and the detour costs some copies.
    private const double LeastGain = 1.5;

    private const int KernelSide = 3, KernelArea = KernelSide * KernelSide;

    // Channels that a kernel of ONNX Runtime computes at once: 8, or 16 with AVX-512.
    private const int Block = 16;

    /// <summary>Whether <see cref="ConvolutionOfEnlarged"/> takes clearly less arithmetic than resizing and convolving.</summary>
    public bool IsFasterSmall(OnnxValue x, OnnxValue like)
    {
        if (IsPlain || SizeOf(x) is not var (height, width) || SizeOf(like) is not var (newHeight, newWidth))
            return false;
        double plain = KernelArea * x.Channels * newHeight * newWidth;
        double small = (KernelArea * x.Channels * height * width) + Math.Min(RowsFirst(height, width, newHeight, newWidth), RowsFirst(width, height, newWidth, newHeight));
        return plain > LeastGain * small;
    }

    // Multiplications of an output channel's two products; columns first with the sides exchanged.
    private static double RowsFirst(double height, double width, double newHeight, double newWidth) =>
        (KernelArea * newHeight * height * width) + (KernelSide * newHeight * newWidth * width);

    private static bool AreColumnsFirst(OnnxValue x, OnnxValue like) =>
        SizeOf(x) is var (height, width) && SizeOf(like) is var (newHeight, newWidth)
            && RowsFirst(width, height, newWidth, newHeight) < RowsFirst(height, width, newHeight, newWidth);

    // A free size is taken for that of a large image: the larger it is, the less there is to gain.
    private static (double Height, double Width)? SizeOf(OnnxValue x)
    {
        const double LargeHeight = 1024, LargeWidth = 2048;
        if (x is { Height: { } height, Width: { } width })
            return (height, width);
        return x.Stride > 0 ? (LargeHeight / x.Stride, LargeWidth / x.Stride) : null;
    }

    /// <summary>A convolution of 3 x 3 over a map resized to the size of another, in the way that costs least.</summary>
    public OnnxValue ConvolutionOfResized(OnnxValue x, ConvolutionWeights weights, OnnxValue like)
    {
        if (IsFasterSmall(x, like))
            return ConvolutionOfEnlarged(x, weights, like);
        bool stays = x.HasSize && (x.Height, x.Width) == (like.Height, like.Width);
        return stays || weights.Outputs * weights.Kernel * weights.Kernel >= weights.Inputs
            ? Convolution(ResizeLike(x, like), weights)
            : SumOfCells(ResizeLike(Convolution(x, weights.ByCell(Block)), like), weights);
    }

    /// <summary>A convolution of 3 x 3 in the way that costs least: to few channels, cell by cell.</summary>
    /// <remarks>Kernels compute whole blocks of outputs: five take as long as sixteen, and their 45 cells as long as 48 outputs of one cell.</remarks>
    public OnnxValue ConvolutionToFew(OnnxValue x, ConvolutionWeights weights)
    {
        const int FewCells = 3 * Block;
        return IsPlain || weights.Outputs * weights.Kernel * weights.Kernel > FewCells || weights.Inputs < Block
            ? Convolution(x, weights)
            : SumOfCells(Convolution(x, weights.ByCell(Block)), weights);
    }

    // Each channel is moved by its cell, and those of an output are added.
    private OnnxValue SumOfCells(OnnxValue cells, ConvolutionWeights weights)
    {
        int area = weights.Kernel * weights.Kernel;
        float[] moves = new float[cells.Channels * area], ones = new float[weights.Outputs * cells.Channels];
        for (int cell = 0; cell < weights.Outputs * area; cell++)
        {
            moves[(cell * area) + (cell % area)] = 1;
            ones[(cell / area * cells.Channels) + cell] = 1;
        }

        var moved = Convolution(
            cells, new ConvolutionWeights(cells.Channels, cells.Channels, weights.Kernel, moves, Bias: null) { Padding = weights.Padding, Groups = cells.Channels });
        return Convolution(moved, new ConvolutionWeights(weights.Outputs, cells.Channels, Kernel: 1, ones, Bias: null));
    }

    /// <summary>A convolution of 3 x 3 over a map resized to the size of another, by products of matrices.</summary>
    public OnnxValue ConvolutionOfEnlarged(OnnxValue x, ConvolutionWeights weights, OnnxValue like)
    {
        Debug.Assert(weights is { Kernel: 3, Padding: 1, Stride: 1, Dilation: 1, Groups: 1, Bias: null }, "The one kind there is.");
        string byCell = Convolution(x, weights.ByCell()).Name;                                                    // [N, (o,dy,dx), h, w]
        string size = x.HasSize ? Constant(x.Height!.Value, x.Width!.Value) : Node("Shape", [x.Name], Int("start", HeightAxis), Int("end", WidthAxis + 1));
        string cells = Node("Reshape", [byCell, Node("Concat", [Constant(SameBatch, weights.Outputs, KernelSide, KernelSide), size], Int("axis", 0))]);
        string ordered = Node("Transpose", [cells], Ints("perm", 0, 1, 2, 4, 3, 5));                             // [N, o, dy, h, dx, w]
        string sides = Node("Mul", [size, Constant(KernelSide)]);
        string small = Node("Reshape", [ordered, Node("Concat", [Constant(SameBatch, weights.Outputs), sides], Int("axis", 0))]);
        string rows = Enlarging(x, like, HeightAxis), columns = Node("Transpose", [Enlarging(x, like, WidthAxis)], Ints("perm", 1, 0));
        string large = AreColumnsFirst(x, like)
            ? Node("MatMul", [rows, Node("MatMul", [small, columns])])                                           // [N, o, (dy,h), W] between
            : Node("MatMul", [Node("MatMul", [rows, small]), columns]);                                          // [N, o, H, (dx,w)] between
        return new OnnxValue(large, weights.Outputs, like.Height, like.Width) { Stride = like.Stride };
    }

    private string Enlarging(OnnxValue x, OnnxValue like, int axis)
    {
        var (length, newLength) = axis == HeightAxis ? (x.Height, like.Height) : (x.Width, like.Width);
        if (length is { } known && newLength is { } knownNew)
            return Constant(Enlarging(known, knownNew), knownNew, 3 * known);

        // A cell counts by how near it is to the position: 1 less the distance, or nothing.
        string one = Constant([1f], 1), cells = Side(x, axis), newCells = Side(like, axis);
        string step = Node("Div", [Node("Sub", [Float(cells), one]), Node("Max", [Node("Sub", [Float(newCells), one]), one])]);
        string positions = Node("Unsqueeze", [Node("Mul", [Float(Range(newCells)), step]), Constant(1)]);
        string near = Node("Relu", [Node("Sub", [one, Node("Abs", [Node("Sub", [positions, Float(Range(cells))])])])]);
        string padded = Node("Pad", [near, Constant(1, 0, 1, 0)]);
        string Moved(long from, long to) => Node("Slice", [padded, Constant([from]), Constant([to]), Constant([0L])]);
        return Node("Concat", [Moved(0, -2), Moved(1, -1), Moved(2, long.MaxValue)], Int("axis", 1));
    }

    // [newLength, (cell of the kernel, length)]: row y holds, for each cell d, the bilinear weights of position y + d - 1.
    private static float[] Enlarging(int length, int newLength)
    {
        var matrix = new float[newLength * KernelSide * length];
        for (int y = 0; y < newLength; y++)
        {
            for (int d = 0; d < KernelSide; d++)
            {
                int position = y + d - 1;
                if (position < 0 || position >= newLength)
                    continue;
                var (start, fraction) = FusedArgMax.Position(position, length, newLength);
                int row = ((y * KernelSide) + d) * length;
                matrix[row + start] += 1 - fraction;
                if (fraction > 0)
                    matrix[row + start + 1] += fraction;
            }
        }

        return matrix;
    }
}
