// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using static Microsoft.ML.SemanticFlow.Onnx.Schema.TensorProto.Types;

namespace Microsoft.ML.SemanticFlow.Quantization;

/// <summary>Rewrites a float32 graph so that ONNX Runtime runs the chosen operators on bytes.</summary>
/// <remarks>
/// The form is QDQ: after each map that such an operator gives or reads, a QuantizeLinear and a DequantizeLinear, which the runtime fuses with
/// the operator. Maps are uint8 with a zero point, weights int8 by output channel, biases int32.
/// </remarks>
internal sealed class QuantizedGraph
{
    // Without VNNI, processors add up the products of bytes in pairs in 16 bits: 2 x 255 x 127 does not fit there and 2 x 255 x 63 does.
    // With 127 steps a trained sfnet-lite-stdc1 kept 87 % of its pixels on AVX2, with 63 it kept 99.4 %.
    private const int WeightSteps = 63;

    // A channel whose weights are all 0 would have a scale of 0, which quantized operators divide by.
    private const float SmallestScale = 1e-10f;

    private readonly GraphProto _graph;
    private readonly GraphSites _sites;
    private readonly Dictionary<string, ActivationRange> _ranges;
    private readonly List<NodeProto> _nodes = [];
    private readonly List<TensorProto> _constants = [];

    private QuantizedGraph(GraphProto graph, GraphSites sites, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        (_graph, _sites) = (graph, sites);
        _ranges = new Dictionary<string, ActivationRange>(ranges);
    }

    /// <param name="model">The float32 model; stays as it is.</param>
    /// <param name="convolutions">Those to run on bytes, of the sites of this model.</param>
    /// <param name="sites">The sites of this model.</param>
    /// <param name="ranges">What the maps hold, by name.</param>
    public static ModelProto Of(ModelProto model, GraphSites sites, IReadOnlySet<Site> convolutions, IReadOnlyDictionary<string, ActivationRange> ranges)
    {
        var rewritten = model.Clone();
        rewritten.Graph.Node.Clear();
        rewritten.Graph.Initializer.Clear();
        var graph = new QuantizedGraph(model.Graph, sites, ranges);
        graph.Write(sites.With(convolutions));
        var read = graph.DropUnread();
        rewritten.Graph.Node.Add(graph._nodes);
        rewritten.Graph.Initializer.Add(model.Graph.Initializer.Concat(graph._constants).Where(tensor => read.Contains(tensor.Name)));
        return rewritten;
    }

    // Returns the names that what is left reads.
    private HashSet<string> DropUnread()
    {
        HashSet<string> read = [.. _graph.Output.Select(output => output.Name)];
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            if (_nodes[i].Output.Any(read.Contains))
                read.UnionWith(_nodes[i].Input);
            else
                _nodes.RemoveAt(i);
        }

        return read;
    }

    private void Write(IReadOnlyList<Site> chosen)
    {
        // The runtime drops the steps around these only where they are the same on both sides.
        foreach (var site in chosen.Where(site => site.KeepsRange))
            _ranges[site.Output] = _ranges[site.Inputs[0]];

        HashSet<string> quantized = [.. chosen.SelectMany(site => site.Inputs), .. chosen.Select(site => site.Output)];
        var convolutions = chosen.Where(site => site.IsConvolution).ToDictionary(site => site.Node.Name);
        foreach (var input in _graph.Input.Where(input => quantized.Contains(input.Name)))
            Step(input.Name);
        foreach (var node in _graph.Node)
        {
            var copy = node.Clone();
            for (int i = 0; i < copy.Input.Count; i++)
            {
                if (quantized.Contains(copy.Input[i]))
                    copy.Input[i] = Stepped(copy.Input[i]);
            }

            if (convolutions.TryGetValue(node.Name, out var site))
            {
                if (site.Pixels is not null)
                    copy.Input[0] = Pixels(site.Pixels);
                QuantizeWeights(copy, site.Pixels, site.Pixels is null ? _ranges[site.Inputs[0]].Scale : 1);
            }

            if (node.OpType == "Resize")
                SizeAllAxes(copy);
            _nodes.Add(copy);
            foreach (string output in node.Output.Where(quantized.Contains))
                Step(output);
        }
    }

    private static string Stepped(string map) => map + "_stepped";

    private void Step(string map)
    {
        var range = _ranges[map];
        string scale = Constant(map + "_scale", DataType.Float, [range.Scale]), zero = Constant(map + "_zero", DataType.Uint8, [range.ZeroPoint]);
        _nodes.Add(Node("QuantizeLinear", map + "_bytes", map, scale, zero));
        _nodes.Add(Node("DequantizeLinear", Stepped(map), map + "_bytes", scale, zero));
    }

    private string Pixels(PixelHead head)
    {
        const string Name = "pixels";
        string scale = Constant(Name + "_scale", DataType.Float, [1f]), zero = Constant(Name + "_zero", DataType.Uint8, [(byte)0]);
        _nodes.Add(Node("DequantizeLinear", Name, head.Bytes, scale, zero));
        return Name;
    }

    private void QuantizeWeights(NodeProto convolution, PixelHead? head, float inputScale)
    {
        var tensor = _sites.ConstantOf(convolution.Input[1]);
        int outputs = (int)tensor.Dims[0];
        var weights = head is null ? Values(tensor) : head.OverPixels(Values(tensor), outputs);
        var bias = convolution.Input.Count > 2 ? Values(_sites.ConstantOf(convolution.Input[2])) : new float[outputs];
        int length = weights.Length / outputs;
        float[] scales = new float[outputs], biasScales = new float[outputs];
        var steps = new sbyte[weights.Length];
        var biasSteps = new int[outputs];
        for (int output = 0; output < outputs; output++)
        {
            var channel = weights.Slice(output * length, length);
            float scale = scales[output] = Math.Max(Math.Abs(TensorPrimitives.MaxMagnitude(channel)) / WeightSteps, SmallestScale);
            for (int i = 0; i < length; i++)
                steps[(output * length) + i] = (sbyte)Math.Clamp(MathF.Round(channel[i] / scale), -WeightSteps, WeightSteps);

            float biasScale = biasScales[output] = scale * inputScale;
            double shift = bias[output] - (head?.AtMean(steps.AsSpan(output * length, length), scale) ?? 0);
            biasSteps[output] = (int)Math.Clamp(Math.Round(shift / biasScale), int.MinValue, int.MaxValue);
        }

        while (convolution.Input.Count < 3)
            convolution.Input.Add("");
        convolution.Input[1] = Dequantized(convolution.Name + "_weight", DataType.Int8, steps, scales, [.. tensor.Dims]);
        convolution.Input[2] = Dequantized(convolution.Name + "_bias", DataType.Int32, biasSteps, biasScales, [outputs]);
    }

    // The runtime moves such a node to another layout and then takes the size of the two axes for that of all four.
    private void SizeAllAxes(NodeProto resize)
    {
        const int SizeInput = 3;
        resize.Attribute.Remove(resize.Attribute.Single(attribute => attribute.Name == "axes"));
        var channels = Node("Shape", resize.Name + "_channels", resize.Input[0]);
        channels.Attribute.Add(Attribute("start", 0));
        channels.Attribute.Add(Attribute("end", 2));
        var size = Node("Concat", resize.Name + "_size", channels.Output[0], resize.Input[SizeInput]);
        size.Attribute.Add(Attribute("axis", 0));
        _nodes.Add(channels);
        _nodes.Add(size);
        resize.Input[SizeInput] = size.Output[0];
    }

    private string Dequantized<T>(string name, DataType type, T[] steps, float[] scales, long[] shape)
        where T : unmanaged
    {
        string bytes = Constant(name + "_bytes", type, steps, shape), scale = Constant(name + "_scale", DataType.Float, scales, scales.Length);
        var node = Node("DequantizeLinear", name, bytes, scale);
        node.Attribute.Add(Attribute("axis", 0));
        _nodes.Add(node);
        return name;
    }

    private string Constant<T>(string name, DataType type, T[] values, params long[] shape)
        where T : unmanaged
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values)) };
        tensor.Dims.Add(shape);
        _constants.Add(tensor);
        return name;
    }

    private static ReadOnlySpan<float> Values(TensorProto tensor) => MemoryMarshal.Cast<byte, float>(tensor.RawData.Span);

    private static AttributeProto Attribute(string name, long value) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static NodeProto Node(string operation, string output, params string[] inputs)
    {
        var node = new NodeProto { Name = output + "_node", OpType = operation };
        node.Input.Add(inputs);
        node.Output.Add(output);
        return node;
    }
}
