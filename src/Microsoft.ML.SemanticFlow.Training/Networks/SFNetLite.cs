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

/// <summary>SFNet-Lite: one gated alignment, of the context onto the finest level, in place of the whole pyramid.</summary>
/// <remarks>Li et al., IJCV 2023 (arXiv 2207.04415), "SFNet-Lite".</remarks>
internal sealed class SFNetLite : SegmentationNetwork
{
    [ComponentName(Name = "head")] private readonly SFNetLiteHead _head;

    /// <param name="backbone">Features, fine to coarse: four levels.</param>
    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="width">Channels of the head.</param>
    /// <param name="laterals">Levels of the pyramid with a lateral convolution. The first two are used.</param>
    /// <param name="gate">What the gate of the alignment is made from.</param>
    public SFNetLite(Backbone backbone, int classes, int width, int[] laterals, GateView gate) : base(nameof(SFNetLite), backbone, classes)
    {
        _head = new SFNetLiteHead(backbone.Channels, classes, width, laterals, gate);
        RegisterComponents();
    }

    protected override NetworkOutput RunHead(Tensor[] features) => _head.call(features);

    protected override OnnxValue EmitHead(GraphBuilder graph, OnnxValue[] features) => _head.Emit(graph, features);
}

/// <summary>Context and finest level aligned to each other; a middle level joins them for the classification.</summary>
internal sealed class SFNetLiteHead : Module<Tensor[], NetworkOutput>
{
    private readonly int _fine, _middle;
    [ComponentName(Name = "ppm")] private readonly PyramidPooling _context;
    [ComponentName(Name = "fpn_in")] private readonly ModuleList<Sequential> _laterals;
    [ComponentName(Name = "flow_align_module")] private readonly GatedDualFlowAlignment _align;
    [ComponentName(Name = "dsn")] private readonly Sequential _idle;
    [ComponentName(Name = "conv_last")] private readonly Sequential _classify;

    public SFNetLiteHead(IReadOnlyList<int> channels, int classes, int width, int[] laterals, GateView gate) : base(nameof(SFNetLiteHead))
    {
        (_fine, _middle) = (laterals[0], laterals[1]);
        _context = new PyramidPooling(channels[^1], width);

        // Upstream: an auxiliary classifier, and on ResNets a third lateral convolution, are built and never called. Checkpoints hold them.
        _laterals = new([.. laterals.Select(level => ConvBnRelu.Of(ConvBnRelu.Conv1x1(channels[level], width, bias: true)))]);
        _align = new GatedDualFlowAlignment(width, width / 2, gate);
        _idle = SegmentationHead.WithDropout(width, width, classes);
        _classify = SegmentationHead.Main(2 * width, width, classes);
        RegisterComponents();
    }

    public override NetworkOutput forward(Tensor[] features)                    // fine to coarse: [N,c0,H,W], ..., [N,c3,h,w]
    {
        using var scope = NewDisposeScope();
        var context = _context.call(features[^1]);                              // [N,C,h,w]
        var fine = _laterals[0].call(features[_fine]);                          // [N,C,H,W]
        var middle = _laterals[1].call(features[_middle]);                      // [N,C,hm,wm]
        var aligned = _align.call(fine, context);                               // [N,C,H,W]
        var main = _classify.call(cat([aligned, Warp.Resize(middle, aligned.shape[2..])], dim: 1));      // [N,K,H,W]
        return new NetworkOutput(main.MoveToOuterDisposeScope(), []);
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue[] features)
    {
        var context = _context.Emit(graph, features[^1]);
        var fine = _laterals[0].Emit(graph, features[_fine]);
        var middle = _laterals[1].Emit(graph, features[_middle]);
        var aligned = _align.Emit(graph, fine, context);
        return _classify.EmitMain(graph, [aligned, middle]);
    }
}
