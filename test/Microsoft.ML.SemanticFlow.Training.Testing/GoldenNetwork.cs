// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Testing;

/// <summary>Networks with the golden data's weights, which are formulas of their names.</summary>
internal static class GoldenNetwork
{
    public const int Classes = 19;

    /// <summary>The entries of the original's state dict, in its order.</summary>
    public static JsonElement[] Manifest(string id) => [.. GoldenData.Json("arch", id, "manifest.json").EnumerateArray()];

    /// <summary>A network in which every tensor is the formula of its name; one with two names takes the first.</summary>
    public static SegmentationNetwork Create(string id, ScalarType precision = ScalarType.Float32, int classes = Classes)
    {
        var network = SegmentationNetworks.Get(id).Create(classes);
        network.to(precision);
        var state = network.state_dict();
        using var noGradient = no_grad();
        foreach (var (name, tensor) in state.DistinctBy(pair => pair.Value.Handle))
        {
            using var scope = NewDisposeScope();
            var (offset, scale) = GoldenFormula.Rule(name, tensor.shape, state.ContainsKey);
            tensor.copy_(torch.tensor(GoldenFormula.Tensor(name, tensor.shape, offset, scale), tensor.shape).to(tensor.dtype));
        }

        return network;
    }

    /// <summary>In training mode, but nothing is dropped, as in the golden training runs.</summary>
    public static void TrainWithoutDropout(this SegmentationNetwork network)
    {
        network.train();
        foreach (var dropout in network.modules().OfType<TorchSharp.Modules.Dropout2d>()) dropout.eval();
    }

    /// <summary>Normalised images of the formula, [N, 3, H, W].</summary>
    public static Tensor Images(string tag, int count, int height, int width) =>
        tensor(GoldenFormula.Normalised(GoldenFormula.Images(tag, count, height, width), count, height, width), [count, 3, height, width]);

    /// <summary>What an exported file says about itself.</summary>
    public static ModelDescription Describe(string id) => new()
    {
        Network = id,
        Form = OnnxForm.Scoring,
        Labels = LabelMaps.Cityscapes,
        TrainingHeight = 256,
        TrainingWidth = 320,
        WeightsSha256 = "",
    };

    /// <summary>The image of the tag <c>input</c>, as decoded.</summary>
    public static PixelImage Image(int height, int width)
    {
        byte[] rgb = GoldenFormula.Images("input", 1, height, width);
        var image = new PixelImage(height, width);
        for (int i = 0; i < height * width; i++)
        {
            (image.Bgra[4 * i], image.Bgra[(4 * i) + 1], image.Bgra[(4 * i) + 2], image.Bgra[(4 * i) + 3]) =
                (rgb[(3 * i) + 2], rgb[(3 * i) + 1], rgb[3 * i], 255);
        }

        return image;
    }

    /// <summary>Fails, naming the first place, when values differ by more than the tolerance.</summary>
    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.AreEqual(expected.Length, actual.Length, what);
        int first = -1, count = 0;
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs((double)expected[i] - actual[i]);
            if (difference <= tolerance) continue;       // a NaN is not
            if (count++ == 0) first = i;
            worst = double.IsNaN(difference) ? double.NaN : Math.Max(worst, difference);
        }

        if (count > 0)
            Assert.Fail(
                $"{what}: {count} of {expected.Length} values differ by more than {tolerance:g3}, the first at {first}: expected {expected[first]}, got {actual[first]}; " +
                $"largest difference {worst:g3}.");
    }
}
