// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Flow Alignment Module: moves a coarse feature map onto a finer grid along a learned flow.</summary>
/// <remarks>Li et al., ECCV 2020 (arXiv 2002.10120), "Flow Alignment Module".</remarks>
internal sealed class FlowAlignment : Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "down_h")] private readonly Conv2d _reduceHigh;
    [ComponentName(Name = "down_l")] private readonly Conv2d _reduceLow;
    [ComponentName(Name = "flow_make")] private readonly Conv2d _flow;

    public FlowAlignment(int channels, int reduced) : base(nameof(FlowAlignment))
    {
        _reduceHigh = ConvBnRelu.Conv1x1(channels, reduced);
        _reduceLow = ConvBnRelu.Conv1x1(channels, reduced);
        _flow = ConvBnRelu.Conv3x3(2 * reduced, 2);
        RegisterComponents();
    }

    public override Tensor forward(Tensor low, Tensor high)                     // [N,C,H,W], [N,C,h,w]
    {
        using var scope = NewDisposeScope();
        var raised = Warp.Resize(_reduceHigh.call(high), low.shape[2..]);       // [N,c,H,W]
        var flow = _flow.call(cat([raised, _reduceLow.call(low)], dim: 1));     // [N,2,H,W], x then y
        return Warp.ByFlow(high, flow).MoveToOuterDisposeScope();               // [N,C,H,W]
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue low, OnnxValue high)
    {
        if (graph.IsPlain)
        {
            var raised = graph.ResizeLike(_reduceHigh.Emit(graph, high), low);
            return graph.WarpByFlow(high, _flow.Emit(graph, graph.Concatenate(raised, _reduceLow.Emit(graph, low))));
        }

        // Nothing bends between reducing and the flow: one convolution of the low map, one of the high one before it is enlarged.
        var (ofHigh, ofLow) = _flow.Folded(norm: null).Halves();
        var flowOfHigh = graph.ConvolutionOfResized(high, ofHigh.Over(_reduceHigh.Folded(norm: null)), low);
        return graph.WarpByFlow(high, graph.Add(graph.ConvolutionToFew(low, ofLow.Over(_reduceLow.Folded(norm: null))), flowOfHigh));
    }
}
