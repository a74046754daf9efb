// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Models that declare what <see cref="BrightestChannelModel"/> does, and do something else: what a stranger's file may do.</summary>
public static class BentModels
{
    private const int Float = 1, Int64 = 7, Bool = 9;

    /// <summary>A model that gives its scores, [1, 3, h, w], repeated along each axis, and declares that it does not: 0 gives none.</summary>
    public static byte[] Repeating(int batch, int classes, int height, int width) => Repeating(BrightestChannelModel.Describe(), batch, classes, height, width);

    /// <summary>The same with any metadata.</summary>
    internal static byte[] Repeating(ModelDescription description, int batch, int classes, int height, int width) => BrightestChannelModel.ToBytes(description, graph =>
    {
        // How often is computed from the pixels, so that no look at the graph tells: their maximum times 0, and the number.
        float[] counts = [batch, classes, height, width];
        string planes = description.Form == OnnxForm.Scoring ? "planes" : "image";
        graph.Add(1, BrightestChannelModel.Node("ReduceMax", planes, "peak").Add(5, BrightestChannelModel.Attribute("keepdims", 2).Add(3, 0)))
            .Add(1, new ProtobufMessage().Add(1, "peak").Add(1, "zero").Add(2, "nothing").Add(4, "Mul"))
            .Add(1, new ProtobufMessage().Add(1, "nothing").Add(1, "counts").Add(2, "sum").Add(4, "Add"))
            .Add(1, BrightestChannelModel.Node("Cast", "sum", "repeats").Add(5, BrightestChannelModel.Attribute("to", 2).Add(3, Int64)))
            .Add(1, new ProtobufMessage().Add(1, "scores").Add(1, "repeats").Add(2, "logits").Add(4, "Tile"))
            .Add(5, Constant("zero", [0f]))
            .Add(5, Constant("counts", counts).Add(1, counts.Length));
    });

    /// <summary>A model whose graph never ends.</summary>
    public static byte[] Endless() => BrightestChannelModel.ToBytes(BrightestChannelModel.Describe(), graph =>
    {
        var body = new ProtobufMessage()
            .Add(1, BrightestChannelModel.Node("Identity", "on", "again"))
            .Add(1, BrightestChannelModel.Node("Neg", "before", "after"))
            .Add(2, "body")
            .Add(11, BrightestChannelModel.Value("turn", Int64))
            .Add(11, BrightestChannelModel.Value("on", Bool))
            .Add(11, BrightestChannelModel.Value("before", Float, "n", 3, "h", "w"))
            .Add(12, BrightestChannelModel.Value("again", Bool))
            .Add(12, BrightestChannelModel.Value("after", Float, "n", 3, "h", "w"));
        graph.Add(1, new ProtobufMessage()
                .Add(1, "").Add(1, "yes").Add(1, "scores").Add(2, "logits").Add(4, "Loop").Add(5, BrightestChannelModel.Attribute("body", 5).Add(6, body)))
            .Add(5, new ProtobufMessage().Add(2, Bool).Add(8, "yes").Add(9, (ReadOnlySpan<byte>)[1]));
    });

    /// <summary>A model that adds what another file holds to its scores.</summary>
    public static byte[] WithWeightsIn(string location) => BrightestChannelModel.ToBytes(BrightestChannelModel.Describe(), graph => graph
        .Add(1, new ProtobufMessage().Add(1, "scores").Add(1, "elsewhere").Add(2, "logits").Add(4, "Add"))
        .Add(5, new ProtobufMessage().Add(1, 1).Add(2, Float).Add(8, "elsewhere").Add(14, 1).Add(13, new ProtobufMessage().Add(1, "location").Add(2, location))));

    /// <summary>A sound model with further metadata properties.</summary>
    public static byte[] WithProperties(IEnumerable<KeyValuePair<string, string>> properties)
    {
        var added = new ProtobufMessage();
        foreach (var (key, value) in properties)
            added.Add(14, new ProtobufMessage().Add(1, key).Add(2, value));
        return [.. BrightestChannelModel.ToBytes(), .. added.ToArray()];
    }

    private static ProtobufMessage Constant(string name, float[] values) => new ProtobufMessage().Add(2, Float).Add(8, name).Add(9, MemoryMarshal.AsBytes<float>(values));
}
