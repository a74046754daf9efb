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

    /// <summary>The gate's convolution over the view as a sum of convolutions over the maps themselves.</summary>
    /// <param name="gate">Over the view.</param>
    /// <param name="reduceLow">What makes the reduced low map from the low map.</param>
    public abstract GateParts Divide(ConvolutionWeights gate, ConvolutionWeights reduceLow);

    private sealed class FullMaps : GateView
    {
        public override int Channels(int reduced) => 2 * reduced;

        public override Tensor Of(Tensor raised, Tensor reducedLow, Tensor low) => cat([raised, reducedLow], dim: 1);

        public override OnnxValue Emit(GraphBuilder graph, OnnxValue raised, OnnxValue reducedLow, OnnxValue low) => graph.Concatenate(raised, reducedLow);

        public override GateParts Divide(ConvolutionWeights gate, ConvolutionWeights reduceLow)
        {
            var (ofRaised, ofLow) = gate.Halves();
            return new GateParts(ofRaised, ofLow.Over(reduceLow), OfMaxima: null);
        }
    }

    // Upstream: the reduced high map, but the low map unreduced.
    private sealed class ChannelStatistics : GateView
    {
        public override int Channels(int reduced) => 4;

        public override Tensor Of(Tensor raised, Tensor reducedLow, Tensor low) => cat([Mean(raised), Mean(low), Max(raised), Max(low)], dim: 1);

        public override OnnxValue Emit(GraphBuilder graph, OnnxValue raised, OnnxValue reducedLow, OnnxValue low) =>
            graph.Concatenate(graph.ChannelMean(raised), graph.ChannelMean(low), graph.ChannelMax(raised), graph.ChannelMax(low));

        public override GateParts Divide(ConvolutionWeights gate, ConvolutionWeights reduceLow)
        {
            var (ofMeans, ofMaxima) = gate.Halves();
            var (ofRaised, ofLow) = ofMeans.Halves();
            return new GateParts(ofRaised.Over(ConvolutionWeights.Mean(reduceLow.Outputs)), ofLow.Over(ConvolutionWeights.Mean(reduceLow.Inputs)), ofMaxima);
        }

        private static Tensor Mean(Tensor x) => x.mean([1], keepdim: true);

        // The gradient goes to one of equal maxima, as in the original; amax would share it.
        private static Tensor Max(Tensor x) => x.max(1, keepdim: true).values;
    }
}

/// <summary>A gate's convolution in parts that add up.</summary>
/// <param name="OfRaised">Over the high map, reduced and enlarged.</param>
/// <param name="OfLow">Over the low map.</param>
/// <param name="OfMaxima">Over the largest channels of the two; null when the view does not hold them.</param>
internal sealed record GateParts(ConvolutionWeights OfRaised, ConvolutionWeights OfLow, ConvolutionWeights? OfMaxima);
