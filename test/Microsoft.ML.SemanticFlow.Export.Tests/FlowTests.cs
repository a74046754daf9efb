// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Export.Tests;

/// <summary>The flow field that a file gives is what the network's own last convolution of a flow gives.</summary>
[TestClass]
[DoNotParallelize]
public sealed class FlowTests
{
    private const int Height = 97, Width = 161;     // divided by no stride

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("sfnet-dfv1", OnnxForm.Scoring)]
    [DataRow("sfnet-dfv1", OnnxForm.Logits)]
    [DataRow("sfnet-lite-stdc1", OnnxForm.Scoring)]
    [DataRow("sfnet-lite-stdc1-spatial", OnnxForm.Scoring)]
    public void Flow_OfAFile_IsTheNetworks(string id, OnnxForm form) =>
        AssertSame(id, new OnnxExportOptions { Form = form }, new OnnxExportOptions { Form = form, Height = Height, Width = Width });

    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(DistinctNetworks.All), typeof(DistinctNetworks))]
    public void Flow_EveryNetwork_IsTheNetworks(string id)
    {
        if (id.StartsWith("srnet", StringComparison.Ordinal))
            AssertNone(id);
        else
            AssertSame(id, new OnnxExportOptions());
    }

    [TestMethod]
    [DataRow("srnet-r50")]
    public void Flow_NetworkWithout_IsRefusedInASentence(string id) => AssertNone(id);

    [TestMethod]
    public void Flow_AskedFor_ChangesNothingOfTheMask()
    {
        using var network = GoldenNetwork.Create("sfnet-dfv1");
        using var model = Model(network, "sfnet-dfv1", new OnnxExportOptions());
        byte[] png = Png();

        var plain = model.PredictDetailed(png, PredictionDetails.Probabilities);
        var detailed = model.PredictDetailed(png, PredictionDetails.Probabilities | PredictionDetails.Flow);

        Assert.IsTrue(plain.Probabilities.SequenceEqual(detailed.Probabilities));
        Assert.ThrowsExactly<InvalidOperationException>(() => plain.Flow);
    }

    [TestMethod]
    public void Flow_InFloat16AndInt8_IsNearThatInFloat32()
    {
        using var network = GoldenNetwork.Create("sfnet-dfv1");
        using var model = Model(network, "sfnet-dfv1", new OnnxExportOptions { Height = 64, Width = 96 });
        using var half = _ml.SemanticSegmentation.ConvertToFloat16(model);
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 4; i++)
            ImageCodec.SavePng(ExportCheck.Draw(64, 96 + i), folder.Prepare("images", $"{i}.png"));
        var files = _ml.SemanticSegmentation.Data.Folder(folder["images"]);
        var images = _ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(files).Transform(files);
        using var bytes = _ml.SemanticSegmentation.Quantize(model, images, new QuantizationOptions { MinimumAgreement = 0 });
        var flow = FlowOf(model);

        // float16 has three digits, bytes two of the range of each map.
        AssertNear(flow, FlowOf(half.Model), 0.01);
        AssertNear(flow, FlowOf(bytes.Model), 0.25);
    }

    private static void AssertSame(string id, params OnnxExportOptions[] files)
    {
        using var network = GoldenNetwork.Create(id);
        network.eval();
        var (expected, height, width) = Expected(network);
        foreach (var options in files)
        {
            using var model = Model(network, id, options);
            Assert.IsTrue(model.HasFlow);

            var flow = FlowOf(model);

            Assert.AreEqual((height, width, Height, Width), (flow.Height, flow.Width, flow.ImageHeight, flow.ImageWidth));
            // A flow of one moves by half a cell of a grid whose corners are the image's: (161 - 1) / 2 / w pixels across and (97 - 1) / 2 / h down.
            float[] x = [.. expected[..(height * width)].Select(value => value * 80 / width)], y = [.. expected[(height * width)..].Select(value => value * 48 / height)];
            AssertNear(new SegmentationFlow(x, y, height, width, Height, Width), flow, 1e-3); // float32 in another order of summation
        }
    }

    private static void AssertNone(string id)
    {
        using var network = GoldenNetwork.Create(id);
        using var model = Model(network, id, new OnnxExportOptions());

        Assert.IsFalse(model.HasFlow);
        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => model.PredictDetailed(Png(), PredictionDetails.Flow));
        Assert.AreEqual($"{id} has no flow field. Ask without PredictionDetails.Flow, or use an SFNet.", thrown.Message);
    }

    private static void AssertNear(SegmentationFlow expected, SegmentationFlow actual, double tolerance)
    {
        double longest = expected.LongestVector, most = 0;
        Assert.IsGreaterThan(0.01, longest);           // or there was nothing to compare
        for (int i = 0; i < expected.X.Length; i++)
            most = Math.Max(most, Math.Max(Math.Abs(expected.X[i] - actual.X[i]), Math.Abs(expected.Y[i] - actual.Y[i])));
        Assert.IsLessThan(tolerance * longest, most);
    }

    // What the convolution that was called last gave; of two flows the first.
    private static (float[] Values, int Height, int Width) Expected(SegmentationNetwork network)
    {
        (float[], int, int) last = default;
        foreach (var (_, module) in network.named_modules().Where(named => named.name.EndsWith("flow_make", StringComparison.Ordinal)))
        {
            ((Conv2d)module).register_forward_hook((_, _, output) =>
            {
                using var flow = output.narrow(1, 0, 2).contiguous();
                last = (flow.data<float>().ToArray(), (int)flow.size(2), (int)flow.size(3));
                return output;
            });
        }

        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        network.Predict(GoldenNetwork.Images("input", 1, Height, Width));
        return last;
    }

    private static SegmentationModel Model(SegmentationNetwork network, string id, OnnxExportOptions options) =>
        SegmentationModel.FromBytes(OnnxExporter.Write(network, GoldenNetwork.Describe(id), options), id);

    private static SegmentationFlow FlowOf(SegmentationModel model) => model.PredictDetailed(Png(), PredictionDetails.Flow).Flow;

    private static byte[] Png() => new SegmentationPicture(GoldenNetwork.Image(Height, Width)).ToBytes();
}
