// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx.Schema;

namespace Microsoft.ML.SemanticFlow.Quantization;

/// <summary>An operator that can run on bytes.</summary>
internal sealed class Site(NodeProto node, IReadOnlyList<string> inputs, string output)
{
    public NodeProto Node => node;

    /// <summary>The feature maps it reads; none where it reads pixels.</summary>
    public IReadOnlyList<string> Inputs => inputs;

    /// <summary>The map it gives: after the ReLU, where only that reads it.</summary>
    public string Output => output;

    /// <summary>What it reads in place of its input where that is made of pixels; null for all but the first.</summary>
    public PixelHead? Pixels { get; init; }

    public bool IsConvolution => node.OpType == "Conv";

    /// <summary>Whether the output's values are all among the input's or between them, so that both can have the same steps.</summary>
    public bool KeepsRange => node.OpType is "MaxPool" or "Resize";
}

/// <summary>Finds the operators of one of our graphs that can run on bytes.</summary>
internal sealed class GraphSites
{
    // Fewer channels fill no vector of bytes; they are sums of flows and gates, which move or scale everything after them.
    private const int FewestOutputs = 8;

    private readonly Dictionary<string, TensorProto> _constants;
    private readonly Dictionary<string, NodeProto> _producers;
    private readonly ILookup<string, NodeProto> _readers;
    private readonly HashSet<string> _ends;

    public GraphSites(GraphProto graph)
    {
        _constants = graph.Initializer.ToDictionary(tensor => tensor.Name);
        _producers = graph.Node.SelectMany(node => node.Output.Select(name => (name, node))).ToDictionary(pair => pair.name, pair => pair.node);
        _readers = graph.Node.SelectMany(node => node.Input.Select(name => (name, node))).ToLookup(pair => pair.name, pair => pair.node);
        _ends = [.. graph.Output.Select(output => output.Name)];
        Convolutions = [.. graph.Node.Where(IsWorthwhile).Select(SiteOf)];
        All = Following(graph);
    }

    /// <summary>The convolutions, in the order of the graph. Those to the scores and the last to flows and gates are none of them.</summary>
    public IReadOnlyList<Site> Convolutions { get; }

    /// <summary>The convolutions and the operators all of whose inputs are then bytes already, in the order of the graph.</summary>
    public IReadOnlyList<Site> All { get; }

    public TensorProto ConstantOf(string name) => _constants[name];

    /// <summary>What runs on bytes when only these convolutions do.</summary>
    public IReadOnlyList<Site> With(IReadOnlySet<Site> convolutions)
    {
        var bytes = new HashSet<string>();
        return [.. All.Where(site => (site.IsConvolution ? convolutions.Contains(site) : site.Inputs.All(bytes.Contains)) && bytes.Add(site.Output))];
    }

    private List<Site> Following(GraphProto graph)
    {
        var convolutions = Convolutions.ToDictionary(site => site.Node.Name);
        var bytes = new HashSet<string>();
        var found = new List<Site>();
        foreach (var node in graph.Node)
        {
            if (!convolutions.TryGetValue(node.Name, out var site))
            {
                if (node.OpType is not ("Add" or "Concat" or "Resize" or "MaxPool" or "GlobalAveragePool"))
                    continue;
                site = SiteOf(node);
                if (!site.Inputs.All(bytes.Contains) || _ends.Contains(site.Output))
                    continue;
            }

            found.Add(site);
            bytes.Add(site.Output);
        }

        return found;
    }

    private bool IsWorthwhile(NodeProto node) =>
        node.OpType == "Conv" && _constants[node.Input[1]].Dims[0] >= FewestOutputs && !_ends.Contains(SiteOf(node).Output);

    private Site SiteOf(NodeProto node)
    {
        string output = node.Output[0];
        if (node.OpType is "Conv" or "Add" && _readers[output].ToArray() is [{ OpType: "Relu" } only] && !_ends.Contains(output))
            output = only.Output[0];
        if (node.OpType == "Conv" && PixelHead.Before(node.Input[0], _producers, _constants) is { } head)
            return new Site(node, [], output) { Pixels = head };
        return new Site(node, node.OpType is "Add" or "Concat" ? [.. node.Input] : [node.Input[0]], output);
    }
}
