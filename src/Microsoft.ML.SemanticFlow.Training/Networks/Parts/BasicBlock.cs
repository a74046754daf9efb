// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Residual block of two 3x3 convolutions: y = ReLU(x + f(x)).</summary>
/// <remarks>He et al., CVPR 2016 (arXiv 1512.03385), "Deep Residual Learning". DFNet is built of the same block.</remarks>
internal sealed class BasicBlock : Module<Tensor, Tensor>, IOnnxPart
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _first;
    [ComponentName(Name = "bn1")] private readonly HeldBatchNorm2d _firstNorm;
    [ComponentName(Name = "conv2")] private readonly Conv2d _second;
    [ComponentName(Name = "bn2")] private readonly HeldBatchNorm2d _secondNorm;
    [ComponentName(Name = "downsample")] private readonly Sequential? _shortcut;

    /// <param name="channels">Channels of the input.</param>
    /// <param name="width">Channels of the output.</param>
    /// <param name="stride">Of the first convolution, and of the shortcut.</param>
    /// <param name="dilation">Of the second convolution. Upstream: of that one only, so that a strided block keeps its stride.</param>
    public BasicBlock(int channels, int width, int stride, int dilation) : base(nameof(BasicBlock))
    {
        _first = ConvBnRelu.Conv3x3(channels, width, stride);
        _firstNorm = new HeldBatchNorm2d(width);
        _second = ConvBnRelu.Conv3x3(width, width, dilation: dilation);
        _secondNorm = new HeldBatchNorm2d(width);
        _shortcut = ResidualBlock.Shortcut(channels, width, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                                    // [N,C,H,W]
    {
        using var scope = NewDisposeScope();
        var y = _firstNorm.call(_first.call(x)).relu_();                        // [N,c,H/s,W/s]
        y = _secondNorm.call(_second.call(y));
        y.PlusInPlace(_shortcut is null ? x : _shortcut.call(x));
        return y.relu_().MoveToOuterDisposeScope();
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue x)
    {
        var y = graph.Relu(_first.Emit(graph, x, _firstNorm));
        y = _second.Emit(graph, y, _secondNorm);
        return graph.Relu(graph.Add(y, _shortcut is null ? x : _shortcut.Emit(graph, x)));
    }
}
