// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>A model of a few hundred bytes whose masks anybody can foretell: the class of a pixel is its brightest channel.</summary>
public static class BrightestChannelModel
{
    /// <summary>blue, green, red.</summary>
    public static LabelMap Labels { get; } = LabelMap.FromClassNames("channels", "blue", "green", "red");

    /// <summary>Writes the ONNX file, form scoring, for images of any size, or squares of one side.</summary>
    public static string Save(string path, LabelMap? labels = null, int? side = null)
    {
        File.WriteAllBytes(path, ToBytes(labels, side));
        return path;
    }

    /// <summary>The ONNX file.</summary>
    public static byte[] ToBytes(LabelMap? labels = null, int? side = null) => ToBytes(Describe(labels, side, OnnxForm.Scoring));

    /// <summary>What the file says of itself.</summary>
    internal static ModelDescription Describe(LabelMap? labels = null, int? side = null, OnnxForm form = OnnxForm.Scoring) => new()
    {
        Network = "brightest-channel",
        Form = form,
        Labels = labels ?? Labels,
        TrainingHeight = 32,
        TrainingWidth = 32,
        Height = side,
        Width = side,
        WeightsSha256 = new string('0', 64),
    };

    /// <summary>The ONNX file with any metadata. In the form logits, logit k is the k-th of the channels that the scorer gives it, normalised.</summary>
    /// <param name="description">What the file says of itself.</param>
    /// <param name="bend">Adds nodes and constants that make "logits" of "scores" and "planes"; null leaves the scores as they are.</param>
    internal static byte[] ToBytes(ModelDescription description, Action<ProtobufMessage>? bend = null)
    {
        bool scoring = description.Form == OnnxForm.Scoring;
        // Logit k is channel k of blue, green, red; alpha has no say.
        float[] weights = scoring ? [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] : [1, 0, 0, 0, 1, 0, 0, 0, 1];
        object height = description.Height is { } rows ? rows : "h", width = description.Width is { } columns ? columns : "w";
        var graph = new ProtobufMessage();
        if (scoring)
        {
            graph.Add(1, Node("Cast", "image", "floats").Add(5, Attribute("to", 2).Add(3, 1)))
                .Add(1, Node("Transpose", "floats", "planes").Add(5, Attribute("perm", 7).Add(8, 0).Add(8, 3).Add(8, 1).Add(8, 2)));
        }

        graph.Add(1, new ProtobufMessage().Add(1, scoring ? "planes" : "image").Add(1, "weights").Add(2, bend is null ? "logits" : "scores").Add(4, "Conv"))
            .Add(2, "brightest")
            .Add(5, new ProtobufMessage().Add(1, 3).Add(1, scoring ? 4 : 3).Add(1, 1).Add(1, 1).Add(2, 1).Add(8, "weights").Add(9, MemoryMarshal.AsBytes<float>(weights)))
            .Add(11, scoring ? Value("image", elementType: 2, "n", height, width, 4) : Value("image", elementType: 1, "n", 3, height, width))
            .Add(12, Value("logits", elementType: 1, "n", 3, height, width));
        bend?.Invoke(graph);
        var model = new ProtobufMessage().Add(1, 8).Add(7, graph).Add(8, new ProtobufMessage().Add(1, "").Add(2, 16));
        foreach (var (key, value) in description.ToMetadata())
            model.Add(14, new ProtobufMessage().Add(1, key).Add(2, value));
        return model.ToArray();
    }

    /// <summary>Writes a PNG of random pixels, no two channels of a pixel alike, and gives the mask that the model must predict.</summary>
    public static SegmentationMask SaveImage(string path, int height, int width, int seed)
    {
        var random = new Random(seed);
        var image = new PixelImage(height, width);
        var ids = new byte[height * width];
        for (int i = 0; i < ids.Length; i++)
        {
            byte brightest = (byte)random.Next(3);
            for (int channel = 0; channel < 3; channel++)
                image.Bgra[4 * i + channel] = (byte)(channel == brightest ? random.Next(150, 256) : random.Next(140));
            image.Bgra[4 * i + 3] = 255;
            ids[i] = brightest;
        }

        ImageCodec.SavePng(image, path);
        return new SegmentationMask(height, width, ids, Labels);
    }

    internal static ProtobufMessage Node(string type, string input, string output) => new ProtobufMessage().Add(1, input).Add(2, output).Add(4, type);

    internal static ProtobufMessage Attribute(string name, int type) => new ProtobufMessage().Add(1, name).Add(20, type);

    internal static ProtobufMessage Value(string name, int elementType, params object[] sizes)
    {
        var shape = new ProtobufMessage();
        foreach (object size in sizes)
            shape.Add(1, size is int fixedSize ? new ProtobufMessage().Add(1, fixedSize) : new ProtobufMessage().Add(2, (string)size));
        return new ProtobufMessage().Add(1, name).Add(2, new ProtobufMessage().Add(1, new ProtobufMessage().Add(1, elementType).Add(2, shape)));
    }
}
