// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using Microsoft.ML.SemanticFlow.Quantization;

namespace Microsoft.ML.SemanticFlow.Export.Tests.Quantization;

[TestClass]
public sealed class QuantizedGraphTests
{
    private const int Height = 9, Width = 11, Inputs = 3, Middle = 8, Outputs = 2;

    [TestMethod]
    public void Of_ValuesThatStepsHoldExactly_GivesTheSameNumbers()
    {
        // Inputs of 0 or one step of 0.5; weights of whole steps of 0.25, one in a channel being 63 of them, so that products are steps of 0.125.
        const float InputStep = 0.5f, WeightStep = 0.25f;
        var random = new Random(1);
        float[] weights = [.. Enumerable.Range(0, Middle * Inputs * 9).Select(i => WeightStep * (i % (Inputs * 9) == 4 ? 63 : random.Next(-3, 4)))];
        double[] bias = [.. Enumerable.Range(0, Middle).Select(i => InputStep * WeightStep * (i - 2))];
        float[] x = [.. Enumerable.Range(0, Inputs * Height * Width).Select(_ => InputStep * random.Next(2))];
        var builder = new GraphBuilder();
        var image = builder.NormalisedInput("image", Inputs, Height, Width);
        var features = builder.Relu(builder.Convolution(image, new ConvolutionWeights(Middle, Inputs, 3, weights, bias) { Padding = 1 }));
        builder.Output(builder.Convolution(features, Head(random)), "logits", atImageSize: false);
        var model = ModelProto.Parser.ParseFrom(builder.ToBytes(new Dictionary<string, string>()));
        var sites = new GraphSites(model.Graph);
        var ranges = new Dictionary<string, ActivationRange> { ["image"] = new(0, 255 * InputStep), [features.Name] = new(0, 255 * InputStep * WeightStep) };

        var quantized = QuantizedGraph.Of(model, sites, sites.Convolutions.ToHashSet(), ranges);

        Assert.AreEqual(features.Name, sites.Convolutions.Single().Output);        // the head has too few channels
        Assert.AreEqual(2, quantized.Graph.Node.Count(node => node.OpType == "QuantizeLinear"));
        CollectionAssert.AreEqual(Run(model, x), Run(quantized, x));
    }

    [TestMethod]
    public void Of_NoConvolution_LeavesTheGraph()
    {
        var builder = new GraphBuilder();
        var random = new Random(2);
        var features = builder.Convolution(builder.NormalisedInput("image", Inputs, Height, Width), Random(random, Middle, Inputs));
        builder.Output(builder.Convolution(features, Head(random)), "logits", atImageSize: false);
        var model = ModelProto.Parser.ParseFrom(builder.ToBytes(new Dictionary<string, string>()));

        var same = QuantizedGraph.Of(model, new GraphSites(model.Graph), new HashSet<Site>(), new Dictionary<string, ActivationRange>());

        Assert.AreEqual(model, same);
    }

    [TestMethod]
    public void GraphSites_BetweenQuantizedMaps_FollowTheConvolutions()
    {
        var random = new Random(3);
        var builder = new GraphBuilder();
        var image = builder.NormalisedInput("image", Inputs, Height, Width);
        var a = builder.Convolution(image, Random(random, Middle, Inputs));
        var b = builder.Relu(builder.Convolution(image, Random(random, Middle, Inputs)));
        var sum = builder.Relu(builder.Add(a, b));
        var mixed = builder.Add(sum, builder.Sigmoid(a));
        var flow = builder.Convolution(mixed, Random(random, 2, Middle));
        builder.Output(builder.Convolution(builder.Concatenate(mixed, flow), Random(random, Outputs, Middle + 2)), "logits", atImageSize: false);
        var sites = new GraphSites(ModelProto.Parser.ParseFrom(builder.ToBytes(new Dictionary<string, string>())).Graph);

        CollectionAssert.AreEqual(new[] { a.Name, b.Name }, sites.Convolutions.Select(site => site.Output).ToArray());
        CollectionAssert.AreEqual(new[] { a.Name, b.Name, sum.Name }, sites.All.Select(site => site.Output).ToArray());
        CollectionAssert.AreEqual(new[] { b.Name }, sites.With(new HashSet<Site> { sites.Convolutions[1] }).Select(site => site.Output).ToArray());
    }

    [TestMethod]
    public void PixelHead_OverPixels_EqualsTheConvolutionOfDifferences()
    {
        // Two taps: a pixel inside of the image and one outside, where every channel is 0.
        var head = new PixelHead("pixels", [100, 110, 120, 0]);
        float[] weights = [1, 2, 3, 4, 5, 6, 0, 0];
        int[] pixel = [10, 20, 30, 255];

        float[] over = head.OverPixels(weights, outputs: 1);

        // Of differences the tap outside gives nothing: 1 (10 - 100) + 3 (20 - 110) + 5 (30 - 120).
        double inside = Enumerable.Range(0, 4).Sum(channel => over[2 * channel] * pixel[channel]);
        Assert.AreEqual(-90 - 270 - 450, inside, 1e-3);
        Assert.AreEqual(-((2 * 100) + (4 * 110) + (6 * 120)) / 255.0, over[7], 1e-6);
        Assert.AreEqual(0.5 * ((100 * 2) - (255 * 3)), head.AtMean([2, 0, 0, 0, 0, 0, -3, 0], 0.5f), 1e-6);
    }

    private static ConvolutionWeights Head(Random random) => Random(random, Outputs, Middle);

    private static ConvolutionWeights Random(Random random, int outputs, int inputs) =>
        new(outputs, inputs, 1, [.. Enumerable.Range(0, outputs * inputs).Select(_ => random.NextSingle() - 0.5f)], new double[outputs]);

    private static float[] Run(ModelProto model, float[] x)
    {
        using var session = new InferenceSession(model.ToByteArray());
        using var input = OrtValue.CreateTensorValueFromMemory(x, [1, Inputs, Height, Width]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["image"], [input], ["logits"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
