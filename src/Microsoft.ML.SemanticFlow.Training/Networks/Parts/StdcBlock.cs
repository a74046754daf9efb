// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Short-Term Dense Concatenate module: ever narrower convolutions in a row, all their outputs side by side.</summary>
/// <remarks>Fan et al., CVPR 2021 (arXiv 2104.13188), "Design of Encoding Network". Widths 1/2, 1/4, 1/8, 1/8 of the output.</remarks>
internal sealed class StdcBlock : Module<Tensor, Tensor>, IOnnxPart
{
    private readonly bool _isStrided;
    [ComponentName(Name = "conv_list")] private readonly ModuleList<StdcConvolution> _row;
    [ComponentName(Name = "avd_layer")] private readonly Sequential? _shrink;

    /// <param name="channels">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="isStrided">Whether the output is half as high and wide.</param>
    public StdcBlock(int channels, int outputs, bool isStrided) : base(nameof(StdcBlock))
    {
        int half = outputs / 2, quarter = outputs / 4, eighth = outputs / 8;
        _isStrided = isStrided;
        _row = new(
            new StdcConvolution(channels, half, kernel: 1, stride: 1),
            new StdcConvolution(half, quarter, kernel: 3, stride: 1),
            new StdcConvolution(quarter, eighth, kernel: 3, stride: 1),
            new StdcConvolution(eighth, eighth, kernel: 3, stride: 1));
        if (isStrided) _shrink = ConvBnRelu.WithoutRelu(Conv2d(half, half, kernel_size: 3, stride: 2, padding: 1, groups: half, bias: false));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                                    // [N,C,H,W]
    {
        using var scope = NewDisposeScope();
        var first = _row[0].call(x);                                            // [N,c/2,H,W]
        var second = _row[1].call(_shrink is null ? first : _shrink.call(first));      // [N,c/4,H/s,W/s]
        var third = _row[2].call(second);
        var fourth = _row[3].call(third);

        // The average counts the padding, as PyTorch's does by default.
        var kept = _isStrided ? functional.avg_pool2d(first, kernel_size: 3, stride: 2, padding: 1) : first;
        return cat([kept, second, third, fourth], dim: 1).MoveToOuterDisposeScope();      // [N,c,H/s,W/s]
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue x)
    {
        var first = _row[0].Emit(graph, x);
        var second = _row[1].Emit(graph, _shrink is null ? first : _shrink.Emit(graph, first));
        var third = _row[2].Emit(graph, second);
        var fourth = _row[3].Emit(graph, third);
        var kept = _isStrided ? graph.AveragePool(first, kernel: 3, stride: 2, padding: 1) : first;
        return graph.Concatenate(kept, second, third, fourth);
    }
}

/// <summary>A convolution, its batch norm and a ReLU: names conv, bn.</summary>
internal sealed class StdcConvolution : Module<Tensor, Tensor>, IOnnxPart
{
    [ComponentName(Name = "conv")] private readonly Conv2d _convolution;
    [ComponentName(Name = "bn")] private readonly HeldBatchNorm2d _norm;

    public StdcConvolution(int channels, int width, int kernel, int stride) : base(nameof(StdcConvolution))
    {
        _convolution = Conv2d(channels, width, kernel_size: kernel, stride: stride, padding: kernel / 2, bias: false);
        _norm = new HeldBatchNorm2d(width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => _norm.call(_convolution.call(x)).relu_();      // [N,C,H,W] to [N,c,H/s,W/s]

    public OnnxValue Emit(GraphBuilder graph, OnnxValue x) => graph.Relu(_convolution.Emit(graph, x, _norm));
}
