// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Pyramid Pooling Module: averages over 1, 4, 9 and 36 regions, brought back to every pixel.</summary>
/// <remarks>
/// Zhao et al., CVPR 2017 (arXiv 1612.01105), "Pyramid Pooling Module"; the context module of SFNet.
/// Upstream: the pooled branches have no ReLU.
/// </remarks>
internal sealed class PyramidPooling : Module<Tensor, Tensor>
{
    private static readonly int[] _regions = [1, 2, 3, 6];

    [ComponentName(Name = "stages")] private readonly ModuleList<Sequential> _branches;
    [ComponentName(Name = "bottleneck")] private readonly Sequential _fuse;

    public PyramidPooling(int channels, int width) : base(nameof(PyramidPooling))
    {
        _branches = new([.. _regions.Select(n =>
            Sequential(AdaptiveAvgPool2d(n), ConvBnRelu.Conv1x1(channels, width), new HeldBatchNorm2d(width)))]);
        _fuse = Sequential(ConvBnRelu.Conv1x1(channels + _regions.Length * width, width), new HeldBatchNorm2d(width), ReLU(), Dropout2d(0.1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                                    // [N,C,h,w]
    {
        using var scope = NewDisposeScope();
        var context = _branches.Select(b => Warp.Resize(b.call(x), x.shape[2..]));      // 4 x [N,c,h,w]
        return _fuse.call(cat([.. context, x], dim: 1)).MoveToOuterDisposeScope();      // [N,c,h,w]
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue x)
    {
        var context = _branches.Select(b => graph.ResizeLike(b.Emit(graph, x), x));
        return _fuse.Emit(graph, graph.Concatenate([.. context, x]));
    }
}
