// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Residual block of a 3x3 convolution between two 1x1 convolutions, the last four times as wide: y = ReLU(x + f(x)).</summary>
/// <remarks>He et al., CVPR 2016 (arXiv 1512.03385), "Deeper Bottleneck Architectures".</remarks>
internal sealed class Bottleneck : Module<Tensor, Tensor>, IOnnxPart
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _reduce;
    [ComponentName(Name = "bn1")] private readonly HeldBatchNorm2d _reduceNorm;
    [ComponentName(Name = "conv2")] private readonly Conv2d _middle;
    [ComponentName(Name = "bn2")] private readonly HeldBatchNorm2d _middleNorm;
    [ComponentName(Name = "conv3")] private readonly Conv2d _expand;
    [ComponentName(Name = "bn3")] private readonly HeldBatchNorm2d _expandNorm;
    [ComponentName(Name = "downsample")] private readonly Sequential? _shortcut;

    /// <param name="channels">Channels of the input.</param>
    /// <param name="width">Channels of the 3x3 convolution; the output has four times as many.</param>
    /// <param name="stride">Of the 3x3 convolution, and of the shortcut.</param>
    /// <param name="dilation">Of the 3x3 convolution.</param>
    public Bottleneck(int channels, int width, int stride, int dilation) : base(nameof(Bottleneck))
    {
        int outputs = width * ResidualBlock.Bottleneck.Expansion;
        _reduce = ConvBnRelu.Conv1x1(channels, width);
        _reduceNorm = new HeldBatchNorm2d(width);
        _middle = ConvBnRelu.Conv3x3(width, width, stride, dilation);
        _middleNorm = new HeldBatchNorm2d(width);
        _expand = ConvBnRelu.Conv1x1(width, outputs);
        _expandNorm = new HeldBatchNorm2d(outputs);
        _shortcut = ResidualBlock.Shortcut(channels, outputs, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                                    // [N,C,H,W]
    {
        using var scope = NewDisposeScope();
        var y = _reduceNorm.call(_reduce.call(x)).relu_();                      // [N,c,H,W]
        y = _middleNorm.call(_middle.call(y)).relu_();                          // [N,c,H/s,W/s]
        y = _expandNorm.call(_expand.call(y));                                  // [N,4c,H/s,W/s]
        y.PlusInPlace(_shortcut is null ? x : _shortcut.call(x));
        return y.relu_().MoveToOuterDisposeScope();
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue x)
    {
        var y = graph.Relu(_reduce.Emit(graph, x, _reduceNorm));
        y = graph.Relu(_middle.Emit(graph, y, _middleNorm));
        y = _expand.Emit(graph, y, _expandNorm);
        return graph.Relu(graph.Add(y, _shortcut is null ? x : _shortcut.Emit(graph, x)));
    }
}
