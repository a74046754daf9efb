// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
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
        var (flows, gate) = graph.IsPlain ? EmitPlain(graph, low, high) : EmitFused(graph, low, high);
        var flow = graph.Split(flows, 2, 2);
        return graph.Blend(graph.WarpByFlow(high, flow[0]), graph.WarpByFlow(low, flow[1]), gate);
    }

    private (OnnxValue Flows, OnnxValue Gate) EmitPlain(GraphBuilder graph, OnnxValue low, OnnxValue high)
    {
        var raised = graph.ResizeLike(_reduceHigh.Emit(graph, high), low);
        var reducedLow = _reduceLow.Emit(graph, low);
        return (_flows.Emit(graph, graph.Concatenate(raised, reducedLow)), _gate.Emit(graph, _view.Emit(graph, raised, reducedLow, low)));
    }

    // Nothing bends between reducing, flows and what the gate makes of them: one convolution of the low map gives all five channels, and one
    // of the high map before it is enlarged.
    private (OnnxValue Flows, OnnxValue Gate) EmitFused(GraphBuilder graph, OnnxValue low, OnnxValue high)
    {
        var reducedHigh = _reduceHigh.Emit(graph, high);
        var reduceLow = _reduceLow.Folded(norm: null);
        var (flowsOfHigh, flowsOfLow) = _flows.Folded(norm: null).Halves();
        var gate = _view.Divide(((Conv2d)_gate.children().First()).Folded(norm: null), reduceLow);
        var (ofHigh, ofLow) = (flowsOfHigh.Beside(gate.OfRaised), flowsOfLow.Over(reduceLow).Beside(gate.OfLow));
        if (gate.OfMaxima is null)
        {
            var parts = graph.Split(graph.Add(graph.ConvolutionToFew(low, ofLow), graph.ConvolutionOfResized(reducedHigh, ofHigh, low)), 4, 1);
            return (parts[0], graph.Sigmoid(parts[1]));
        }
        else
        {
            // The largest channel needs the enlarged map, so that it serves the convolution too where that is not much faster without.
            var raised = graph.ResizeLike(reducedHigh, low);
            var sum = graph.IsFasterSmall(reducedHigh, low) ? graph.ConvolutionOfEnlarged(reducedHigh, ofHigh, low) : graph.Convolution(raised, ofHigh);
            var parts = graph.Split(graph.Add(graph.ConvolutionToFew(low, ofLow), sum), 4, 1);
            var ofMaxima = graph.Convolution(graph.Concatenate(graph.ChannelMax(raised), graph.ChannelMax(low)), gate.OfMaxima);
            return (parts[0], graph.Sigmoid(graph.Add(parts[1], ofMaxima)));
        }
    }
}
