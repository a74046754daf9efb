// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Onnx.Schema;

namespace Microsoft.ML.SemanticFlow.Export.Tests;

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
    public void ConvolutionOfEnlarged_FixedAndFreeSizes_EqualsResizingAndConvolving(int height, int width, int newHeight, int newWidth)
    {
        var random = new Random(3);
        var weights = new ConvolutionWeights(Outputs, Inputs, Kernel: 3, Random(random, Outputs * Inputs * 9), Bias: null) { Padding = 1 }
            .Then([.. Random(random, Outputs).Select(value => (double)value)], new double[Outputs]).Seeing([0, 1, 2], withBias: false);
        float[] x = Random(random, Batch * Inputs * height * width);

        foreach (bool free in new[] { false, true })
        {
            float[] expected = RunLike(x, (height, width), (newHeight, newWidth), free, (graph, input, like) => graph.Convolution(graph.ResizeLike(input, like), weights));
            float[] actual = RunLike(x, (height, width), (newHeight, newWidth), free, (graph, input, like) => graph.ConvolutionOfEnlarged(input, weights, like));

            AssertClose(expected, actual);
        }
    }

    [TestMethod]
    [DataRow(1, 8, 12, 17, 24)]
    [DataRow(1, 5, 7, 10, 13)]
    [DataRow(1, 6, 6, 6, 6)]
    [DataRow(1, 1, 1, 4, 5)]
    [DataRow(1, 3, 4, 1, 1)]
    [DataRow(3, 5, 7, 9, 13)]
    public void ConvolutionOfResized_FixedAndFreeSizes_EqualsResizingAndConvolving(int outputs, int height, int width, int newHeight, int newWidth)
    {
        const int Wide = 12;     // channels: more than the nine cells of one output, fewer than those of three
        var random = new Random(5);
        var weights = new ConvolutionWeights(outputs, Wide, Kernel: 3, Random(random, outputs * Wide * 9), Bias: null) { Padding = 1 };
        float[] x = Random(random, Batch * Wide * height * width);

        foreach (bool free in new[] { false, true })
        {
            float[] expected = RunLike(x, (height, width), (newHeight, newWidth), free, (graph, input, like) => graph.Convolution(graph.ResizeLike(input, like), weights));
            float[] actual = RunLike(x, (height, width), (newHeight, newWidth), free, (graph, input, like) => graph.ConvolutionOfResized(input with { Stride = 0 }, weights, like));

            AssertClose(expected, actual);
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(5)]    // 45 cells, filled up to 48
    [DataRow(6)]    // too many
    public void ConvolutionToFew_AnyNumberOfOutputs_EqualsTheConvolution(int outputs)
    {
        const int Height = 6, Width = 9, Wide = 32;
        var random = new Random(8);
        var weights = new ConvolutionWeights(outputs, Wide, Kernel: 3, Random(random, outputs * Wide * 9), Bias: null) { Padding = 1 }
            .Then([.. Random(random, outputs).Select(value => (double)value)], new double[outputs]).Seeing([.. Enumerable.Range(0, Wide)], withBias: false);
        var widen = new ConvolutionWeights(Wide, Inputs, Kernel: 1, Random(random, Wide * Inputs), Bias: null);
        float[] x = Random(random, Batch * Inputs * Height * Width);

        float[] expected = Run(x, Height, Width, (graph, input) => graph.Convolution(graph.Convolution(input, widen), weights));
        float[] actual = Run(x, Height, Width, (graph, input) => graph.ConvolutionToFew(graph.Convolution(input, widen), weights));

        AssertClose(expected, actual);
    }

    [TestMethod]
    public void Over_AConvolutionOfSingleCells_IsOneForBoth()
    {
        const int Height = 5, Width = 4, Middle = 4;
        var random = new Random(6);
        var first = new ConvolutionWeights(Middle, Inputs, Kernel: 1, Random(random, Middle * Inputs), Bias: null);
        var second = new ConvolutionWeights(Outputs, Middle, Kernel: 3, Random(random, Outputs * Middle * 9), Bias: null) { Padding = 1 };
        float[] x = Random(random, Batch * Inputs * Height * Width);

        float[] expected = Run(x, Height, Width, (graph, input) => graph.Convolution(graph.Convolution(input, first), second));
        float[] actual = Run(x, Height, Width, (graph, input) => graph.Convolution(input, second.Over(first)));

        AssertClose(expected, actual);
    }

    [TestMethod]
    public void Beside_TwoConvolutionsOfOneMap_GivesBothsChannels()
    {
        const int Height = 4, Width = 6;
        var random = new Random(7);
        ConvolutionWeights Of(int outputs) => new(outputs, Inputs, Kernel: 3, Random(random, outputs * Inputs * 9), Bias: null) { Padding = 1 };
        var (first, second) = (Of(2), Of(3));
        float[] x = Random(random, Batch * Inputs * Height * Width);

        float[] expected = Run(x, Height, Width, (graph, input) => graph.Concatenate(graph.Convolution(input, first), graph.Convolution(input, second)));
        float[] actual = Run(x, Height, Width, (graph, input) => graph.Convolution(input, first.Beside(second)));

        AssertClose(expected, actual);
    }

    [TestMethod]
    [DataRow(6, 9)]
    [DataRow(1, 1)]
    public void Blend_ByAShare_EqualsThePlainSum(int height, int width)
    {
        float[] x = Random(new Random(8), Batch * Inputs * height * width);

        float[] expected = Run(x, height, width, Mixed, isPlain: true);
        float[] actual = Run(x, height, width, Mixed);

        AssertClose(expected, actual);

        static OnnxValue Mixed(GraphBuilder graph, OnnxValue input)
        {
            var parts = graph.Split(input, 1, 1, 1);
            return graph.Blend(parts[0], parts[1], graph.Sigmoid(parts[2]));
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void ChannelMax_OfAMap_IsTheLargestOfItsChannels(bool isPlain)
    {
        float[] x = [1, 2, 3, 4, 5, 9, 0, 0, 0, -3, 0, 6]; // [2, 3, 1, 2]

        float[] largest = Run(x, 1, 2, (graph, input) => graph.ChannelMax(input), isPlain);

        AssertClose([5, 9, 0, 6], largest);
    }

    [TestMethod]
    public void Seeing_PartsOfTheChannels_AddUpToTheWhole()
    {
        const int Height = 6, Width = 5;
        var random = new Random(4);
        double[] bias = [.. Random(random, Outputs).Select(value => (double)value)];
        var weights = new ConvolutionWeights(Outputs, Inputs, Kernel: 3, Random(random, Outputs * Inputs * 9), bias) { Padding = 1 };
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
        static OnnxValue OfStride(int stride) => new("x", 128, Height: null, Width: null) { Stride = stride };

        var graph = new GraphBuilder();
        Assert.IsTrue(graph.IsFasterSmall(Of(128, 32, 64), Of(128, 128, 256)));   // SFNet-Lite at 512 x 1024
        Assert.IsFalse(graph.IsFasterSmall(Of(128, 256, 512), Of(128, 512, 1024))); // half the size of a large map
        Assert.IsTrue(graph.IsFasterSmall(OfStride(16), OfStride(4)));
        Assert.IsFalse(graph.IsFasterSmall(OfStride(8), OfStride(4)));
        Assert.IsFalse(graph.IsFasterSmall(OfStride(0), OfStride(0)));                   // no image's
        Assert.IsFalse(new GraphBuilder(isPlain: true).IsFasterSmall(OfStride(16), OfStride(4)));
    }

    private static float[] Random(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    // Over a map and another that only gives its size.
    private static float[] RunLike(float[] x, (int Height, int Width) size, (int Height, int Width) newSize, bool free, Func<GraphBuilder, OnnxValue, OnnxValue, OnnxValue> build)
    {
        int channels = x.Length / (Batch * size.Height * size.Width);
        var graph = new GraphBuilder();
        var input = graph.NormalisedInput("x", channels, free ? null : size.Height, free ? null : size.Width);
        var like = graph.NormalisedInput("like", 1, free ? null : newSize.Height, free ? null : newSize.Width);
        graph.Output(build(graph, input, like), "y", atImageSize: false);
        using var session = new InferenceSession(WithFreeSidesOfTheirOwn(graph, "like"));
        using var given = OrtValue.CreateTensorValueFromMemory(x, [Batch, channels, size.Height, size.Width]);
        using var target = OrtValue.CreateTensorValueFromMemory(new float[Batch * newSize.Height * newSize.Width], [Batch, 1, newSize.Height, newSize.Width]);
        using var run = new RunOptions();
        using var result = session.Run(run, ["x", "like"], [given, target], ["y"]);
        return result[0].GetTensorDataAsSpan<float>().ToArray();
    }

    // Two inputs of free size have the same names for their sides; the second gets its own.
    private static byte[] WithFreeSidesOfTheirOwn(GraphBuilder graph, string name)
    {
        var model = ModelProto.Parser.ParseFrom(graph.ToBytes(new Dictionary<string, string>()));
        foreach (var side in model.Graph.Input.Single(input => input.Name == name).Type.TensorType.Shape.Dim.Where(side => side.DimParam is "height" or "width"))
            side.DimParam = $"{name}_{side.DimParam}";
        return model.ToByteArray();
    }

    private static float[] Run(float[] x, int height, int width, Func<GraphBuilder, OnnxValue, OnnxValue> build, bool isPlain = false)
    {
        var graph = new GraphBuilder(isPlain: isPlain);
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
