// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks.Backbones;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks;

/// <summary>SRNet: squeeze reasoning over the last features of a dilated backbone; an auxiliary classifier on the level before.</summary>
/// <remarks>Li et al., TIP 2021 (arXiv 2011.03308), "Network Architecture".</remarks>
internal sealed class SRNet : SegmentationNetwork
{
    private const int Width = 512, Squeezed = 256, AuxiliaryWidth = 256;

    [ComponentName(Name = "head")] private readonly SRNetHead _head;
    [ComponentName(Name = "aux_layer")] private readonly AuxiliaryHead _auxiliary;

    /// <param name="backbone">Features, fine to coarse.</param>
    /// <param name="classes">Classes to tell apart.</param>
    public SRNet(Backbone backbone, int classes) : base(nameof(SRNet), backbone, classes)
    {
        _head = new SRNetHead(backbone.Channels[^1], Width, Squeezed, classes);
        _auxiliary = new AuxiliaryHead(backbone.Channels[^2], AuxiliaryWidth, classes);
        RegisterComponents();
    }

    // Upstream computes the auxiliary scores in evaluation too, and drops them.
    protected override NetworkOutput RunHead(Tensor[] features) =>
        new(_head.call(features[^1]), training ? [_auxiliary.call(features[^2])] : []);

    protected override OnnxValue EmitHead(GraphBuilder graph, OnnxValue[] features) => _head.Emit(graph, features[^1]);
}

/// <summary>Features narrowed, reasoned over, classified.</summary>
internal sealed class SRNetHead : Module<Tensor, Tensor>, IOnnxPart
{
    [ComponentName(Name = "module")] private readonly SqueezeReasoning _reason;
    [ComponentName(Name = "in_module")] private readonly Conv2d _narrow;
    [ComponentName(Name = "final")] private readonly Sequential _classify;

    public SRNetHead(int channels, int width, int squeezed, int classes) : base(nameof(SRNetHead))
    {
        _reason = new SqueezeReasoning(width, squeezed);
        _narrow = ConvBnRelu.Conv1x1(channels, width, bias: true);
        _classify = SegmentationHead.WithDropout(width, width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                                    // [N,C,h,w]
    {
        using var scope = NewDisposeScope();
        return _classify.call(_reason.call(_narrow.call(x))).MoveToOuterDisposeScope();      // [N,K,h,w]
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue x) => _classify.Emit(graph, _reason.Emit(graph, _narrow.Emit(graph, x)));
}

/// <summary>The classifier of the level before the last, for training.</summary>
internal sealed class AuxiliaryHead : Module<Tensor, Tensor>
{
    [ComponentName(Name = "aux")] private readonly Sequential _classify;

    public AuxiliaryHead(int channels, int width, int classes) : base(nameof(AuxiliaryHead))
    {
        _classify = SegmentationHead.WithDropout(channels, width, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => _classify.call(x);              // [N,C,h,w] to [N,K,h,w]
}
