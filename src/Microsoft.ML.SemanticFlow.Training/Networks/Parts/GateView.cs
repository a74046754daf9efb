// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>What the gate of <see cref="GatedDualFlowAlignment"/> is made from.</summary>
internal abstract class GateView
{
    /// <summary>Both reduced maps in full: <c>spatial</c> in the original.</summary>
    public static GateView Maps { get; } = new FullMaps();

    /// <summary>Mean and largest over the channels of each map: <c>spatial_atten</c> in the original.</summary>
    public static GateView Statistics { get; } = new ChannelStatistics();

    /// <summary>Channels of the view, for maps reduced to so many.</summary>
    public abstract int Channels(int reduced);

    /// <summary>The view.</summary>
    /// <param name="raised">The high map, reduced and enlarged, [N, c, H, W].</param>
    /// <param name="reducedLow">The low map, reduced, [N, c, H, W].</param>
    /// <param name="low">The low map, [N, C, H, W].</param>
    public abstract Tensor Of(Tensor raised, Tensor reducedLow, Tensor low);

    /// <summary>Writes what <see cref="Of"/> does.</summary>
    public abstract OnnxValue Emit(GraphBuilder graph, OnnxValue raised, OnnxValue reducedLow, OnnxValue low);

    private sealed class FullMaps : GateView
    {
        public override int Channels(int reduced) => 2 * reduced;

        public override Tensor Of(Tensor raised, Tensor reducedLow, Tensor low) => cat([raised, reducedLow], dim: 1);

        public override OnnxValue Emit(GraphBuilder graph, OnnxValue raised, OnnxValue reducedLow, OnnxValue low) => graph.Concatenate(raised, reducedLow);
    }

    // Upstream: the reduced high map, but the low map unreduced.
    private sealed class ChannelStatistics : GateView
    {
        public override int Channels(int reduced) => 4;

        public override Tensor Of(Tensor raised, Tensor reducedLow, Tensor low) => cat([Mean(raised), Mean(low), Max(raised), Max(low)], dim: 1);

        public override OnnxValue Emit(GraphBuilder graph, OnnxValue raised, OnnxValue reducedLow, OnnxValue low) =>
            graph.Concatenate(graph.ChannelMean(raised), graph.ChannelMean(low), graph.ChannelMax(raised), graph.ChannelMax(low));

        private static Tensor Mean(Tensor x) => x.mean([1], keepdim: true);

        // The gradient goes to one of equal maxima, as in the original; amax would share it.
        private static Tensor Max(Tensor x) => x.max(1, keepdim: true).values;
    }
}
