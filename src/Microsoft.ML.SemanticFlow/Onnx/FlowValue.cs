// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <summary>The learned flow field inside of an exported graph: where it is, and how it is asked for.</summary>
/// <remarks>
/// Every network that aligns features by a flow samples them with GridSample, at positions to which a transposed flow is added. The last of these
/// moves features onto the finest grid: its flow is what the papers' figures show. Where an alignment has two, which one Split gives, it is the first:
/// that of the coarse features. So files need nothing for it, and score as fast as before.
/// </remarks>
internal static class FlowValue
{
    // onnx.proto: ModelProto.graph, GraphProto.node and .output, NodeProto's fields.
    private const int GraphField = 7, NodeField = 1, InputField = 1, OutputField = 2, OperationField = 4;
    private const int Most = 64;                            // steps back from the sampling to the flow; there are four

    // What stands between the flow and the positions, in files of every precision.
    private static readonly string[] _between = ["Add", "Mul", "Cast", "QuantizeLinear", "DequantizeLinear"];

    private sealed record Node(string Operation, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);

    /// <summary>The name of the value, float32 [N, 2, h, w]; null where the graph has no flow.</summary>
    /// <param name="file">The whole file, which ONNX Runtime has opened.</param>
    public static string? Find(ReadOnlySpan<byte> file)
    {
        var producers = new Dictionary<string, Node>();
        Node? last = null;
        while (!file.IsEmpty && ProtobufFields.TryRead(ref file, out int field, out var graph))
        {
            while (field == GraphField && !graph.IsEmpty && ProtobufFields.TryRead(ref graph, out int part, out var content))
            {
                if (part != NodeField)
                    continue;
                var node = Read(content);
                foreach (string output in node.Outputs)
                    producers[output] = node;
                if (node is { Operation: "GridSample", Inputs.Count: > 1 })
                    last = node;
            }
        }

        return last is null ? null : Back(last.Inputs[1], producers);
    }

    /// <summary>The file with one float32 output more.</summary>
    /// <remarks>Protobuf joins the parts of a message that stands twice: what is appended is a graph with an output and nothing else.</remarks>
    public static byte[] AsOutput(ReadOnlySpan<byte> file, string name)
    {
        const byte GraphTag = (GraphField << 3) | 2, OutputTag = (12 << 3) | 2, NameTag = (1 << 3) | 2, TypeTag = (2 << 3) | 2, TensorTag = (1 << 3) | 2, ElementTag = 1 << 3;
        const byte Float = 1;
        byte[] type = Field(TypeTag, Field(TensorTag, [ElementTag, Float]));
        return [.. file, .. Field(GraphTag, Field(OutputTag, [.. Field(NameTag, Encoding.UTF8.GetBytes(name)), .. type]))];
    }

    private static string? Back(string positions, Dictionary<string, Node> producers)
    {
        var open = new Queue<string>([positions]);
        for (int i = 0; i < Most && open.TryDequeue(out string? value); i++)
        {
            if (!producers.TryGetValue(value, out var node))
                continue;                                   // a constant
            if (node.Operation == "Transpose" && node.Inputs.Count == 1)
                return producers.TryGetValue(node.Inputs[0], out var before) && before.Operation == "Split" ? before.Outputs[0] : node.Inputs[0];
            if (_between.Contains(node.Operation))
            {
                foreach (string input in node.Inputs)
                    open.Enqueue(input);
            }
        }

        return null;
    }

    private static Node Read(ReadOnlySpan<byte> bytes)
    {
        string operation = "";
        List<string> inputs = [], outputs = [];
        while (!bytes.IsEmpty && ProtobufFields.TryRead(ref bytes, out int field, out var content))
        {
            if (field == OperationField)
                operation = Encoding.UTF8.GetString(content);
            else if (field == InputField)
                inputs.Add(Encoding.UTF8.GetString(content));
            else if (field == OutputField)
                outputs.Add(Encoding.UTF8.GetString(content));
        }

        return new Node(operation, inputs, outputs);
    }

    private static byte[] Field(byte tag, byte[] content)
    {
        var length = new List<byte>();
        for (uint rest = (uint)content.Length; ; rest >>= 7)
        {
            length.Add((byte)(rest < 0x80 ? rest : (rest & 0x7F) | 0x80));
            if (rest < 0x80)
                return [tag, .. length, .. content];
        }
    }
}
