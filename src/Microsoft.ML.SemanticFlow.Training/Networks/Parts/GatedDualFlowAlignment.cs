// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Gated Dual Flow Alignment Module: moves a coarse and a fine feature map along two flows and blends them by a gate.</summary>
/// <remarks>Li et al., IJCV 2023 (arXiv 2207.04415), "Gated Dual Flow Alignment Module".</remarks>
internal sealed class GatedDualFlowAlignment : Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "down_h")] private readonly Conv2d _reduceHigh;
    [ComponentName(Name = "down_l")] private readonly Conv2d _reduceLow;
    [ComponentName(Name = "flow_make")] private readonly Conv2d _flows;
    [ComponentName(Name = "flow_gate")] private readonly Sequential _gate;
    private readonly GateView _view;

    /// <param name="channels">Channels of both maps.</param>
    /// <param name="reduced">Channels that the flows are made from.</param>
    /// <param name="view">What the gate is made from.</param>
    public GatedDualFlowAlignment(int channels, int reduced, GateView view) : base(nameof(GatedDualFlowAlignment))
    {
        _view = view;
        _reduceHigh = ConvBnRelu.Conv1x1(channels, reduced);
        _reduceLow = ConvBnRelu.Conv1x1(channels, reduced);
        _flows = ConvBnRelu.Conv3x3(2 * reduced, 4);
        _gate = Sequential(ConvBnRelu.Conv3x3(view.Channels(reduced), 1), Sigmoid());
        RegisterComponents();
    }

    public override Tensor forward(Tensor low, Tensor high)                     // [N,C,H,W], [N,C,h,w]
    {
        using var scope = NewDisposeScope();
        var raised = Warp.Resize(_reduceHigh.call(high), low.shape[2..]);       // [N,c,H,W]
        var reducedLow = _reduceLow.call(low);                                  // [N,c,H,W]
        var flows = _flows.call(cat([raised, reducedLow], dim: 1));             // [N,4,H,W]: for the high map, then for the low one
        var movedHigh = Warp.ByFlow(high, flows.narrow(1, 0, 2));               // [N,C,H,W]
        var movedLow = Warp.ByFlow(low, flows.narrow(1, 2, 2));                 // [N,C,H,W]
        var gate = _gate.call(_view.Of(raised, reducedLow, low));               // [N,1,H,W]
        return (movedHigh * gate).Plus(movedLow * gate.Complement()).MoveToOuterDisposeScope();
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue low, OnnxValue high)
    {
        var raised = graph.ResizeLike(_reduceHigh.Emit(graph, high), low);
        var reducedLow = _reduceLow.Emit(graph, low);
        var flows = graph.Split(_flows.Emit(graph, graph.Concatenate(raised, reducedLow)), 2, 2);
        var movedHigh = graph.WarpByFlow(high, flows[0]);
        var movedLow = graph.WarpByFlow(low, flows[1]);
        var gate = _gate.Emit(graph, _view.Emit(graph, raised, reducedLow, low));

        // high gate + low (1 - gate), with one product less.
        return graph.Add(movedLow, graph.Multiply(graph.Subtract(movedHigh, movedLow), gate));
    }
}
