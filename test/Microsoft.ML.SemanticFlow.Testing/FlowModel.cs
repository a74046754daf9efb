// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>The model of <see cref="BrightestChannelModel"/> with a flow field that anybody can foretell: x is the blue of a pixel, y its green.</summary>
public static class FlowModel
{
    private const int Float = 1;

    /// <summary>Writes the ONNX file, form scoring, for images of any size.</summary>
    public static string Save(string path, LabelMap? labels = null)
    {
        File.WriteAllBytes(path, ToBytes(labels));
        return path;
    }

    /// <summary>The ONNX file. As in our networks, positions are sampled to which a scaled, transposed flow is added; here nothing is made of the samples.</summary>
    public static byte[] ToBytes(LabelMap? labels = null) => BrightestChannelModel.ToBytes(BrightestChannelModel.Describe(labels), graph => graph
        .Add(1, BrightestChannelModel.Node("Identity", "scores", "logits"))
        .Add(1, new ProtobufMessage().Add(1, "planes").Add(1, "flow_weights").Add(2, "flow").Add(4, "Conv"))
        .Add(1, BrightestChannelModel.Node("Transpose", "flow", "moved").Add(5, BrightestChannelModel.Attribute("perm", 7).Add(8, 0).Add(8, 2).Add(8, 3).Add(8, 1)))
        .Add(1, new ProtobufMessage().Add(1, "moved").Add(1, "step").Add(2, "steps").Add(4, "Mul"))
        .Add(1, new ProtobufMessage().Add(1, "grid").Add(1, "steps").Add(2, "positions").Add(4, "Add"))
        .Add(1, new ProtobufMessage().Add(1, "scores").Add(1, "positions").Add(2, "samples").Add(4, "GridSample"))
        .Add(5, Constant("flow_weights", [1, 0, 0, 0, 0, 1, 0, 0], 2, 4, 1, 1))
        .Add(5, Constant("step", [0, 0], 2))
        .Add(5, Constant("grid", [0, 0], 2)));

    private static ProtobufMessage Constant(string name, float[] values, params int[] sizes)
    {
        var tensor = new ProtobufMessage();
        foreach (int size in sizes)
            tensor.Add(1, size);
        return tensor.Add(2, Float).Add(8, name).Add(9, MemoryMarshal.AsBytes<float>(values));
    }
}
