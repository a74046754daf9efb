// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.CompilerServices;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow.Export.Tests;

/// <summary>The models of a few hundred bytes that the light package's tests score with: their classes are the brightest of red, green and blue.</summary>
[TestClass]
public sealed class TinyModelTests
{
    private const string UpdateVariable = "SEMANTICFLOW_WRITE_TINY_MODELS";

    [TestMethod]
    [DataRow("tiny-scoring.onnx", null, null, 1, OnnxForm.Scoring)]
    [DataRow("tiny-fixed.onnx", 64, 96, 4, OnnxForm.Scoring)]
    [DataRow("tiny-logits.onnx", null, null, 1, OnnxForm.Logits)]
    public void CommittedFile_HoldsTheGraphTheBuilderWrites(string name, int? height, int? width, int stride, OnnxForm form)
    {
        byte[] built = Build(height, width, stride, form);
        string path = Path.Combine(Folder(), name);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            File.WriteAllBytes(path, built);

        var committed = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));

        Assert.AreEqual(ModelProto.Parser.ParseFrom(built).Graph, committed.Graph, $"Set {UpdateVariable}=1 and run this test once to write '{name}' again.");
    }

    // Weights of std and biases of mean undo the normalisation; with a stride, each logit is the mean of its block.
    private static byte[] Build(int? height, int? width, int stride, OnnxForm form)
    {
        var description = new ModelDescription
        {
            Network = "tiny",
            Form = form,
            Labels = LabelMap.FromClassNames("brightest", "red", "green", "blue"),
            TrainingHeight = 64,
            TrainingWidth = 96,
            Height = height,
            Width = width,
            WeightsSha256 = "",
        };
        int area = stride * stride;
        var weight = new float[3 * 3 * area];
        for (int output = 0; output < 3; output++)
            weight.AsSpan(((output * 3) + output) * area, area).Fill(description.Std[output] / area);
        var convolution = new ConvolutionWeights(3, 3, stride, weight, [.. description.Mean.Select(mean => (double)mean)]) { Stride = stride };

        var graph = new GraphBuilder();
        var image = form == OnnxForm.Scoring
            ? graph.PixelInput(OnnxSession.InputName, height, width, description.Mean, description.Std)
            : graph.NormalisedInput(OnnxSession.InputName, 3, height, width);
        graph.Output(graph.Convolution(image, convolution), OnnxSession.OutputName, atImageSize: form == OnnxForm.Logits);
        return graph.ToBytes(description.ToMetadata());
    }

    private static string Folder([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "Microsoft.ML.SemanticFlow.Tests", "Data");
}
