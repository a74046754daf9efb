// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <content>A convolution of an enlarged map that never makes the enlarged map.</content>
/// <remarks>
/// Enlarging mixes cells and the kernel mixes channels, so they can trade places: each cell of the kernel becomes a convolution of one cell on
/// the small map. At fixed sizes a product from each side with a matrix of bilinear weights, moved by a cell, enlarges and adds them up;
/// where the kernel reaches past the border the matrices are zero, as the padding is. Of few outputs, the cells are enlarged and a
/// convolution of ones moves and adds them up. The numbers are those of the plain graph but for rounding.
/// </remarks>
internal sealed partial class GraphBuilder
{
    // Products of matrices run a little slower than convolutions, and the detour costs some copies.
    private const double LeastGain = 1.5;

    /// <summary>Whether <see cref="ConvolutionOfEnlarged"/> takes clearly less arithmetic than resizing and convolving.</summary>
    public bool IsFasterSmall(OnnxValue x, OnnxValue like)
    {
        if (IsPlain || x is not { Height: { } height, Width: { } width } || like is not { Height: { } newHeight, Width: { } newWidth })
            return false;
        const double Area = 9, Side = 3;
        double plain = Area * x.Channels * newHeight * newWidth;
        double small = (Area * x.Channels * height * width) + (Area * newHeight * height * width) + (Side * newHeight * newWidth * width);
        return plain > LeastGain * small;
    }

    /// <summary>A convolution of 3 x 3 over a map resized to the size of another, in the way that costs least.</summary>
    public OnnxValue ConvolutionOfResized(OnnxValue x, ConvolutionWeights weights, OnnxValue like)
    {
        if (IsFasterSmall(x, like))
            return ConvolutionOfEnlarged(x, weights, like);
        bool stays = x.HasSize && (x.Height, x.Width) == (like.Height, like.Width);
        return stays || weights.Outputs * weights.Kernel * weights.Kernel >= weights.Inputs
            ? Convolution(ResizeLike(x, like), weights)
            : SumOfTaps(ResizeLike(Convolution(x, weights.Taps()), like), weights);
    }

    private OnnxValue SumOfTaps(OnnxValue taps, ConvolutionWeights weights)
    {
        int area = weights.Kernel * weights.Kernel;
        var ones = new float[weights.Outputs * taps.Channels * area];
        for (int tap = 0; tap < taps.Channels; tap++)
            ones[(((tap / area * taps.Channels) + tap) * area) + (tap % area)] = 1;
        return Convolution(taps, new ConvolutionWeights(weights.Outputs, taps.Channels, weights.Kernel, ones, Bias: null) { Padding = weights.Padding });
    }

    /// <summary>A convolution of 3 x 3 over a map resized to the size of another, both of known size, by products of matrices.</summary>
    public OnnxValue ConvolutionOfEnlarged(OnnxValue x, ConvolutionWeights weights, OnnxValue like)
    {
        Debug.Assert(weights is { Kernel: 3, Padding: 1, Stride: 1, Dilation: 1, Groups: 1, Bias: null }, "The one kind there is.");
        Expect(x.HasSize && like.HasSize, "Conv", x, "a known size");
        int height = x.Height!.Value, width = x.Width!.Value, newHeight = like.Height!.Value, newWidth = like.Width!.Value, side = weights.Kernel;
        string taps = Convolution(x, weights.Taps()).Name;                                                       // [N, (o,dy,dx), h, w]
        string cells = Node("Reshape", [taps, Constant(SameBatch, weights.Outputs, side, side, height, width)]);
        string ordered = Node("Transpose", [cells], Ints("perm", 0, 1, 2, 4, 3, 5));                             // [N, o, dy, h, dx, w]
        string small = Node("Reshape", [ordered, Constant(SameBatch, weights.Outputs, side * height, side * width)]);
        string tall = Node("MatMul", [Constant(Enlarging(height, newHeight), newHeight, side * height), small]); // [N, o, H, (dx,w)]
        string wide = Node("Transpose", [Constant(Enlarging(width, newWidth), newWidth, side * width)], Ints("perm", 1, 0));
        return new OnnxValue(Node("MatMul", [tall, wide]), weights.Outputs, newHeight, newWidth);
    }

    // [newLength, (cell of the kernel, length)]: row y holds, for each cell d, the bilinear weights of position y + d - 1.
    private static float[] Enlarging(int length, int newLength)
    {
        const int Side = 3;
        var matrix = new float[newLength * Side * length];
        for (int y = 0; y < newLength; y++)
        {
            for (int d = 0; d < Side; d++)
            {
                int position = y + d - 1;
                if (position < 0 || position >= newLength)
                    continue;
                var (start, fraction) = FusedArgMax.Position(position, length, newLength);
                int row = ((y * Side) + d) * length;
                matrix[row + start] += 1 - fraction;
                if (fraction > 0)
                    matrix[row + start + 1] += fraction;
            }
        }

        return matrix;
    }
}
