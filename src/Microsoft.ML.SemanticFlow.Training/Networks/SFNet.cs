// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks.Backbones;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks;

/// <summary>SFNet: a feature pyramid whose coarse levels flow onto the finer ones.</summary>
/// <remarks>Li et al., ECCV 2020 (arXiv 2002.10120), "Network Architectures".</remarks>
internal sealed class SFNet : SegmentationNetwork
{
    [ComponentName(Name = "head")] private readonly SFNetHead _head;

    /// <param name="backbone">Features, fine to coarse.</param>
    /// <param name="classes">Classes to tell apart.</param>
    /// <param name="width">Channels of every level of the head.</param>
    /// <param name="deepSupervision">Whether every aligned level gets a classifier of its own, for training.</param>
    public SFNet(Backbone backbone, int classes, int width, bool deepSupervision = false) : base(nameof(SFNet), backbone, classes)
    {
        _head = new SFNetHead(backbone.Channels, classes, width, deepSupervision);
        RegisterComponents();
    }

    protected override NetworkOutput RunHead(Tensor[] features) => _head.call(features);

    protected override OnnxValue EmitHead(GraphBuilder graph, OnnxValue[] features) => _head.Emit(graph, features);
}

/// <summary>The pyramid's way down: context, then at each level align, add the lateral feature, smooth; all levels classify together.</summary>
internal sealed class SFNetHead : Module<Tensor[], NetworkOutput>
{
    [ComponentName(Name = "ppm")] private readonly PyramidPooling _context;
    [ComponentName(Name = "fpn_in")] private readonly ModuleList<Sequential> _laterals;
    [ComponentName(Name = "fpn_out")] private readonly ModuleList<Sequential> _smooth;
    [ComponentName(Name = "fpn_out_align")] private readonly ModuleList<FlowAlignment> _align;
    [ComponentName(Name = "dsn")] private readonly ModuleList<Sequential>? _auxiliary;
    [ComponentName(Name = "conv_last")] private readonly Sequential _classify;

    public SFNetHead(IReadOnlyList<int> channels, int classes, int width, bool deepSupervision) : base(nameof(SFNetHead))
    {
        var finer = channels.SkipLast(1).ToArray();
        _context = new PyramidPooling(channels[^1], width);
        _laterals = new([.. finer.Select(c => ConvBnRelu.Of(ConvBnRelu.Conv1x1(c, width, bias: true)))]);
        _smooth = new([.. finer.Select(_ => Sequential(ConvBnRelu.Of(ConvBnRelu.Conv3x3(width, width))))]);
        _align = new([.. finer.Select(_ => new FlowAlignment(width, width / 2))]);
        if (deepSupervision) _auxiliary = new([.. finer.Select(_ => SegmentationHead.WithDropout(width, width, classes))]);
        _classify = SegmentationHead.Main(channels.Count * width, width, classes);
        RegisterComponents();
    }

    public override NetworkOutput forward(Tensor[] features)                    // fine to coarse: [N,c0,H,W], [N,c1,h,w], ...
    {
        using var scope = NewDisposeScope();
        var pyramid = new Tensor[features.Length];
        List<Tensor> auxiliary = [];
        var flowing = pyramid[^1] = _context.call(features[^1]);                // [N,C,h,w]
        for (int i = features.Length - 2; i >= 0; i--)
        {
            var lateral = _laterals[i].call(features[i]);                       // [N,C,hi,wi]
            flowing = lateral.Plus(_align[i].call(lateral, flowing));
            pyramid[i] = _smooth[i].call(flowing);

            // Upstream computes these in evaluation too, and drops them.
            if (_auxiliary is not null && training) auxiliary.Add(_auxiliary[i].call(flowing));      // [N,K,hi,wi]
        }

        var size = pyramid[0].shape[2..];
        var levels = pyramid.Select((level, i) => i == 0 ? level : Warp.Resize(level, size));
        var main = _classify.call(cat([.. levels], dim: 1));                    // [N,K,H,W]
        scope.MoveToOuter([main, .. auxiliary]);
        return new NetworkOutput(main, auxiliary);
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue[] features)
    {
        var pyramid = new OnnxValue[features.Length];
        var flowing = pyramid[^1] = _context.Emit(graph, features[^1]);
        for (int i = features.Length - 2; i >= 0; i--)
        {
            var lateral = _laterals[i].Emit(graph, features[i]);
            flowing = graph.Add(lateral, _align[i].Emit(graph, lateral, flowing));
            pyramid[i] = _smooth[i].Emit(graph, flowing);
        }

        return _classify.EmitMain(graph, pyramid);
    }
}
