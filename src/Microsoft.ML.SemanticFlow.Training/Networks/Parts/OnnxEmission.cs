// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>How stock layers write what they do in evaluation mode. Parts of our own do it beside their <c>forward</c>.</summary>
internal static class OnnxEmission
{
    /// <summary>Writes layers one after the other, a batch norm as part of the convolution before it.</summary>
    public static OnnxValue Emit(this Sequential layers, GraphBuilder graph, OnnxValue x)
    {
        Module[] flat = [.. Flatten(layers)];
        for (int i = 0; i < flat.Length; i++)
        {
            x = flat[i] switch
            {
                Conv2d convolution when i + 1 < flat.Length && flat[i + 1] is HeldBatchNorm2d norm => convolution.Emit(graph, x, norm),
                Conv2d convolution => convolution.Emit(graph, x),
                HeldBatchNorm2d _ when i > 0 && flat[i - 1] is Conv2d => x,
                ReLU _ => graph.Relu(x),
                Sigmoid _ => graph.Sigmoid(x),
                Dropout2d _ => x,
                MaxPool2d pool => graph.MaxPool(x, One(pool.kernel_size), One(pool.stride), One(pool.padding)),
                AdaptiveAvgPool2d pool => graph.AdaptiveAveragePool(x, One(pool.output_size)),
                IOnnxPart part => part.Emit(graph, x),
                var layer => throw new NotSupportedException($"{layer.GetName()} has no ONNX form yet. Write it in {nameof(OnnxEmission)}."),
            };
        }

        return x;
    }

    /// <summary>Writes a convolution, with the batch norm that follows it folded in.</summary>
    public static OnnxValue Emit(this Conv2d convolution, GraphBuilder graph, OnnxValue x, HeldBatchNorm2d? norm = null) => graph.Convolution(x, convolution.Folded(norm));

    /// <summary>A convolution's numbers, with the batch norm that follows it folded in.</summary>
    public static ConvolutionWeights Folded(this Conv2d convolution, HeldBatchNorm2d? norm)
    {
        if (convolution.padding_type is not null)
            throw new NotSupportedException("Named paddings have no ONNX form yet.");
        var weights = new ConvolutionWeights((int)convolution.out_channels, (int)convolution.in_channels, One(convolution.kernel_size),
            Weights(convolution.weight), convolution.bias is null ? null : Values(convolution.bias))
        {
            Stride = One(convolution.stride),
            Padding = One(convolution.padding ?? []),
            Dilation = One(convolution.dilation),
            Groups = (int)convolution.groups,
        };
        return norm is null ? weights : Fold(weights, norm);
    }

    /// <summary>Writes a convolution of one cell along a row, with its batch norm folded in: the row is the map's height.</summary>
    public static OnnxValue Emit(this Conv1d convolution, GraphBuilder graph, OnnxValue x, HeldBatchNorm1d norm)
    {
        Debug.Assert(convolution.weight.size(2) == 1 && convolution.bias is null && convolution.groups == 1, "The one kind there is.");
        return graph.Convolution(
            x, Fold(new ConvolutionWeights((int)convolution.out_channels, (int)convolution.in_channels, Kernel: 1, Weights(convolution.weight), Bias: null), norm));
    }

    /// <summary>Writes a group norm.</summary>
    public static OnnxValue Emit(this GroupNorm norm, GraphBuilder graph, OnnxValue x) =>
        graph.GroupNorm(x, (int)norm.num_groups, Values(norm.weight!), Values(norm.bias!), norm.eps);

    // In the order of the tensor's shape, whatever its memory layout.
    private static float[] Weights(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(float32).cpu().contiguous().data<float>().ToArray();
    }

    private static double[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(float64).cpu().data<double>().ToArray();
    }

    // Every norm of ours is affine and keeps running statistics.
    // norm(y) = weight (y - mean) / sqrt(variance + eps) + bias
    private static ConvolutionWeights Fold(ConvolutionWeights convolution, NormBase norm)
    {
        double[] weight = Values(norm.weight!), bias = Values(norm.bias!), mean = Values(norm.running_mean!), variance = Values(norm.running_var!);
        var scale = new double[weight.Length];
        var shift = new double[weight.Length];
        for (int i = 0; i < scale.Length; i++)
        {
            scale[i] = weight[i] / Math.Sqrt(variance[i] + norm.eps);
            shift[i] = bias[i] - (mean[i] * scale[i]);
        }

        return convolution.Then(scale, shift);
    }

    private static IEnumerable<Module> Flatten(Sequential layers) =>
        layers.children().SelectMany(layer => layer is Sequential inner ? Flatten(inner) : [layer]);

    // All our windows are square.
    private static int One(long[] sides) => sides.Distinct().Count() == 1
        ? (int)sides[0]
        : throw new NotSupportedException($"A window of {string.Join(" x ", sides)} has no ONNX form yet; only square ones have.");
}
