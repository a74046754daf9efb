// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Export;

/// <summary>What the exporter writes in another way than the network computes it, against the plain graph in ONNX Runtime.</summary>
[TestClass]
public sealed class GraphRewriteTests
{
    private const int Batch = 2, Inputs = 3, Outputs = 5;

    [TestMethod]
    [DataRow(8, 12, 32, 48)]
    [DataRow(5, 7, 33, 50)]
    [DataRow(4, 3, 5, 30)]
    [DataRow(1, 1, 9, 8)]
    [DataRow(3, 1, 3, 7)]
    [DataRow(2, 2, 1, 1)]
    public void ConvolutionOfEnlarged_RandomWeights_EqualsResizingAndConvolving(int height, int width, int newHeight, int newWidth)
    {
        var random = new Random(3);
        var weights = new ConvolutionWeights(Outputs, Inputs, Kernel: 3, Random(random, Outputs * Inputs * 9), Bias: null) { Padding = 1 }
            .Then([.. Random(random, Outputs).Select(value => (double)value)], new double[Outputs]).Seeing([0, 1, 2], withBias: false);
        var like = new OnnxValue("", 1, newHeight, newWidth);
        float[] x = Random(random, Batch * Inputs * height * width);

        float[] expected = Run(x, height, width, (graph, input) => graph.Convolution(graph.ResizeLike(input, like), weights));
        float[] actual = Run(x, height, width, (graph, input) => graph.ConvolutionOfEnlarged(input, weights, like));

        AssertClose(expected, actual);
    }

    [TestMethod]
    public void Seeing_PartsOfTheChannels_AddUpToTheWhole()
    {
        const int Height = 6, Width = 5;
        var random = new Random(4);
        var weights = new ConvolutionWeights(Outputs, Inputs, Kernel: 3, Random(random, Outputs * Inputs * 9), [.. Random(random, Outputs).Select(value => (double)value)]) { Padding = 1 };
        float[] x = Random(random, Batch * Inputs * Height * Width);

        float[] expected = Run(x, Height, Width, (graph, input) => graph.Convolution(input, weights));
        float[] actual = Run(x, Height, Width, (graph, input) =>
        {
            var parts = graph.Split(input, 1, 1, 1);
            return graph.Add(
                graph.Convolution(graph.Concatenate(parts[2], parts[0]), weights.Seeing([2, 0], withBias: true)),
                graph.Convolution(parts[1], weights.Seeing([1], withBias: false)));
        });

        AssertClose(expected, actual);
    }

    [TestMethod]
    public void ChannelMean_OfAMap_IsTheMeanOfItsChannels()
    {
        float[] x = [1, 2, 3, 4, 5, 9, 0, 0, 0, 3, 0, 6]; // [2, 3, 1, 2]

        float[] means = Run(x, 1, 2, (graph, input) => graph.ChannelMean(input));

        AssertClose([3, 5, 0, 3], means);
    }

    [TestMethod]
    public void IsFasterSmall_BySizes_AsksForAClearGain()
    {
        static OnnxValue Of(int channels, int? height, int? width) => new("x", channels, height, width);

        Assert.IsTrue(GraphBuilder.IsFasterSmall(Of(128, 32, 64), Of(128, 128, 256)));   // SFNet-Lite at 512 x 1024
        Assert.IsFalse(GraphBuilder.IsFasterSmall(Of(128, 256, 512), Of(128, 512, 1024))); // half the size of a large map
        Assert.IsFalse(GraphBuilder.IsFasterSmall(Of(128, null, null), Of(128, null, null)));
    }

    private static float[] Random(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static float[] Run(float[] x, int height, int width, Func<GraphBuilder, OnnxValue, OnnxValue> build)
    {
        var graph = new GraphBuilder();
        graph.Output(build(graph, graph.NormalisedInput("x", Inputs, height, width)), "y", atImageSize: false);
        using var session = new InferenceSession(graph.ToBytes(new Dictionary<string, string>()));
        using var input = OrtValue.CreateTensorValueFromMemory(x, [Batch, Inputs, height, width]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["x"], [input], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5f, $"at {i}");
    }
}
