// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Onnx;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Parts;

/// <summary>Squeeze Reasoning: the map is squeezed to one vector, nodes of a graph cut from it reason, the vector scales the map's channels.</summary>
/// <remarks>Li et al., TIP 2021 (arXiv 2011.03308), "Squeeze Reasoning".</remarks>
internal sealed class SqueezeReasoning : Module<Tensor, Tensor>, IOnnxPart
{
    private const int Nodes = 32;

    private readonly int _features;
    [ComponentName(Name = "t")] private readonly Conv2d _values;
    [ComponentName(Name = "p")] private readonly Conv2d _left;
    [ComponentName(Name = "g")] private readonly Conv2d _right;
    [ComponentName(Name = "z")] private readonly Conv2d _expand;
    [ComponentName(Name = "gn")] private readonly GroupNorm _expandNorm;
    [ComponentName(Name = "conv_adj")] private readonly Conv1d _betweenNodes;
    [ComponentName(Name = "bn_adj")] private readonly HeldBatchNorm1d _betweenNodesNorm;
    [ComponentName(Name = "conv_wg")] private readonly Conv1d _betweenFeatures;
    [ComponentName(Name = "bn_wg")] private readonly HeldBatchNorm1d _betweenFeaturesNorm;

    /// <param name="channels">Channels of input and output.</param>
    /// <param name="squeezed">Length of the vector, a multiple of 32.</param>
    public SqueezeReasoning(int channels, int squeezed) : base(nameof(SqueezeReasoning))
    {
        _features = squeezed / Nodes;
        _values = ConvBnRelu.Conv1x1(channels, squeezed);
        _left = ConvBnRelu.Conv1x1(channels, squeezed);
        _right = ConvBnRelu.Conv1x1(channels, squeezed);
        _expand = Conv2d(squeezed, channels, kernel_size: 1, groups: squeezed, bias: false);
        _expandNorm = GroupNorm(squeezed, channels);
        init.ones_(_expandNorm.weight!);        // TorchSharp 0.107.0 leaves them as the memory was; they are there, for the norm is affine
        init.zeros_(_expandNorm.bias!);
        _betweenNodes = Conv1d(Nodes, Nodes, kernel_size: 1, bias: false);
        _betweenNodesNorm = new HeldBatchNorm1d(Nodes);
        _betweenFeatures = Conv1d(_features, _features, kernel_size: 1, bias: false);
        _betweenFeaturesNorm = new HeldBatchNorm1d(_features);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)                                    // [N,C,H,W]
    {
        using var scope = NewDisposeScope();
        var squeezed = (_left.call(x) * _right.call(x)).sum([2, 3]);            // [N,c]
        var nodes = squeezed.reshape(-1, _features, Nodes).transpose(1, 2);     // [N,n,f], feature by feature in the vector

        var reasoned = _betweenNodesNorm.call(_betweenNodes.call(nodes)).relu().Plus(nodes);                                       // [N,n,f]
        reasoned = _betweenFeaturesNorm.call(_betweenFeatures.call(reasoned.transpose(1, 2))).relu().transpose(1, 2);          // [N,n,f]

        // Upstream: node by node, so the scale of channel f n comes from channel n f of the vector. Checkpoints depend on it.
        var scale = reasoned.reshape(-1, _features * Nodes, 1, 1);              // [N,c,1,1]
        return _expandNorm.call(_expand.call(scale * _values.call(x))).Plus(x).MoveToOuterDisposeScope();
    }

    public OnnxValue Emit(GraphBuilder graph, OnnxValue x)
    {
        var squeezed = graph.Sum(graph.Multiply(_left.Emit(graph, x), _right.Emit(graph, x)));
        var nodes = graph.SwapChannelsAndRows(graph.Reshape(squeezed, _features, Nodes, 1));

        var reasoned = graph.Add(graph.Relu(_betweenNodes.Emit(graph, nodes, _betweenNodesNorm)), nodes);
        reasoned = graph.SwapChannelsAndRows(graph.Relu(_betweenFeatures.Emit(graph, graph.SwapChannelsAndRows(reasoned), _betweenFeaturesNorm)));

        var scale = graph.Reshape(reasoned, _features * Nodes, 1, 1);
        return graph.Add(_expandNorm.Emit(graph, _expand.Emit(graph, graph.Scale(_values.Emit(graph, x), scale))), x);
    }
}
