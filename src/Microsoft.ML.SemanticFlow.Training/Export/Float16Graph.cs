// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using static Microsoft.ML.SemanticFlow.Onnx.Schema.TensorProto.Types;

namespace Microsoft.ML.SemanticFlow.Export;

/// <summary>Rewrites a float32 graph so that its feature maps and weights are float16; pixels and scores stay as they are.</summary>
/// <remarks>
/// Sampling positions stay float32, for float16 tells no two neighbours of a thousand columns apart; so does GridSample itself, which ONNX
/// Runtime has for float32 only on GPUs; and so do sums over a map, which soon pass 65504, up to the norm that brings them back.
/// </remarks>
internal sealed class Float16Graph
{
    private static readonly HashSet<string> _halved =
    [
        "Relu", "Sigmoid", "Add", "Sub", "Mul", "Max", "Concat", "Split", "MaxPool", "AveragePool", "GlobalAveragePool", "Resize", "MatMul", "ReduceMax", "Reshape", "Transpose",
    ];

    // Their other inputs are sizes and axes.
    private static readonly HashSet<string> _sized = ["Resize", "Reshape", "Split", "ReduceMax"];

    private readonly GraphProto _graph;
    private readonly Dictionary<string, TensorProto> _constants;
    private readonly HashSet<string> _positions;
    private readonly HashSet<string> _half = [];                // maps that are float16 now
    private readonly HashSet<string> _sums = [];                // sums over a map, and what is made of them before a norm
    private readonly HashSet<string> _cast = [];
    private readonly List<NodeProto> _nodes = [];
    private readonly List<TensorProto> _added = [];

    private Float16Graph(GraphProto graph)
    {
        _graph = graph;
        _constants = graph.Initializer.ToDictionary(tensor => tensor.Name);
        _positions = PositionsOf(graph);
    }

    public static ModelProto Of(ModelProto model)
    {
        var rewritten = model.Clone();
        var graph = new Float16Graph(model.Graph);
        graph.Write();
        rewritten.Graph.Node.Clear();
        rewritten.Graph.Initializer.Clear();
        rewritten.Graph.Node.Add(graph._nodes);
        var read = graph._nodes.SelectMany(node => node.Input).ToHashSet();
        rewritten.Graph.Initializer.Add(model.Graph.Initializer.Concat(graph._added).Where(tensor => read.Contains(tensor.Name)));
        return rewritten;
    }

    private void Write()
    {
        HashSet<string> ends = [.. _graph.Output.Select(output => output.Name)];
        foreach (var node in _graph.Node)
        {
            var copy = node.Clone();
            _nodes.Add(copy);
            bool ofSums = node.OpType == "ReduceSum" || node.Input.Any(_sums.Contains);
            if (ofSums && node.OpType != "InstanceNormalization")
                _sums.UnionWith(node.Output);
            bool isHalf = !ofSums && IsHalf(node);
            if (!isHalf && node.OpType == "Shape")
                continue;                                       // of a map in any format
            int maps = _sized.Contains(node.OpType) ? 1 : copy.Input.Count;
            for (int i = 0; i < maps; i++)
                copy.Input[i] = isHalf ? Half(copy.Input[i]) : Single(copy.Input[i]);
            if (!isHalf)
                continue;
            for (int i = 0; i < copy.Output.Count; i++)
            {
                string output = copy.Output[i];
                _half.Add(output);
                if (!ends.Contains(output))
                    continue;
                copy.Output[i] = output + "_float16";
                _nodes.Add(Cast(copy.Output[i], output, DataType.Float));
            }
        }
    }

    private bool IsHalf(NodeProto node) =>
        node.OpType == "Conv" || (_halved.Contains(node.OpType) && node.Input.Any(_half.Contains) && !node.Output.Any(_positions.Contains));

    private string Half(string name)
    {
        if (name.Length == 0 || _half.Contains(name))
            return name;
        string half = name + "_float16";
        if (!_cast.Add(half))
            return half;
        if (_constants.TryGetValue(name, out var constant))
            _added.Add(Rounded(constant, half));
        else
            _nodes.Insert(_nodes.Count - 1, Cast(name, half, DataType.Float16));
        return half;
    }

    private string Single(string name)
    {
        if (!_half.Contains(name))
            return name;
        string single = name + "_float32";
        if (_cast.Add(single))
            _nodes.Insert(_nodes.Count - 1, Cast(name, single, DataType.Float));
        return single;
    }

    private static TensorProto Rounded(TensorProto constant, string name)
    {
        var values = MemoryMarshal.Cast<byte, float>(constant.RawData.Span);
        var rounded = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, rounded);
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float16, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(rounded)) };
        tensor.Dims.Add(constant.Dims);
        return tensor;
    }

    private static NodeProto Cast(string from, string to, DataType type)
    {
        var node = new NodeProto { Name = to + "_cast", OpType = "Cast" };
        node.Input.Add(from);
        node.Output.Add(to);
        node.Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (long)type });
        return node;
    }

    // What the grids of GridSample are made of, back to the convolutions of the flows.
    private static HashSet<string> PositionsOf(GraphProto graph)
    {
        HashSet<string> positions = [.. graph.Node.Where(node => node.OpType == "GridSample").Select(node => node.Input[1])];
        foreach (var node in graph.Node.Reverse().Where(node => node.OpType != "Conv" && node.Output.Any(positions.Contains)))
            positions.UnionWith(node.Input);
        return positions;
    }
}
