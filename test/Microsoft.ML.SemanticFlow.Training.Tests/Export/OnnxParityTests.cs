// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using Microsoft.ML.SemanticFlow.Training.Tests.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Export;

/// <summary>Every known network gives the same scores as its exported file, in both forms, at fixed and free sizes.</summary>
[TestClass]
public sealed class OnnxParityTests
{
    // The second divides by no stride.
    private static readonly (int Height, int Width)[] _sizes = [(128, 192), (97, 161)];

    // Features of one cell, where the original's grid has the one position -1, of one row, and of one cell beside more.
    private static readonly (int Height, int Width)[] _smallestSizes = [(32, 32), (32, 160), (96, 33)];

    // Networks that differ only while they train.
    private static readonly Dictionary<string, string> _twins = new()
    {
        ["sfnet-r18-dsn"] = "sfnet-r18",
        ["sfnet-dfv1-dsn"] = "sfnet-dfv1",
        ["sfnet-dfv2-dsn"] = "sfnet-dfv2",
        ["sfnet-lite-r101"] = "sfnet-r101",
    };

    public static IEnumerable<object[]> Ids => SegmentationNetworks.All.Where(network => !_twins.ContainsKey(network.Id)).Select(network => new object[] { network.Id });

    public static IEnumerable<object[]> Twins => _twins.Select(pair => new object[] { pair.Key, pair.Value });

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Export_EveryFormAtEverySize_GivesTheNetworksLogits(string id)
    {
        using var network = GoldenNetwork.Create(id);
        network.eval();
        using var scoring = Free(network, id, OnnxForm.Scoring);
        using var logits = Free(network, id, OnnxForm.Logits);

        foreach (var (height, width) in _sizes.Skip(IsDeepest(id) ? 1 : 0))
            AssertSameAt(height, width, network, id, scoring, logits, OnnxForm.Scoring, OnnxForm.Logits);
        foreach (var (height, width) in _smallestSizes.Take(IsDeepest(id) ? 1 : _smallestSizes.Length))
            AssertSameAt(height, width, network, id, scoring, logits, OnnxForm.Scoring);

        if (!OriginalNetwork.All.Contains(SegmentationNetworks.Get(id)))
            return;
        var original = OriginalNetwork.CasesOf(id).First();
        Assert.AreEqual((1, GoldenNetwork.Classes), (original.Batch, original.Classes));
        original.AssertEqual(logits.Scorer.RunLogits(GoldenNetwork.Image(original.Height, original.Width)).Logits);
    }

    // Half of the whole suite's time.
    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(Ids))]
    public void Export_EveryFormAtTheSizeThatIsScored_GivesTheNetworksLogits(string id)
    {
        using var network = GoldenNetwork.Create(id);
        network.eval();
        using var scoring = Free(network, id, OnnxForm.Scoring);
        using var logits = Free(network, id, OnnxForm.Logits);

        AssertSameAt(512, 1024, network, id, scoring, logits, OnnxForm.Scoring, OnnxForm.Logits);
    }

    [TestMethod]
    [DynamicData(nameof(Twins))]
    public void Export_NetworkThatDiffersInTrainingOnly_GivesTheSameGraph(string id, string twin)
    {
        using var network = GoldenNetwork.Create(id);
        using var other = GoldenNetwork.Create(twin);

        foreach (var form in Enum.GetValues<OnnxForm>())
        {
            OnnxExportOptions free = new() { Form = form }, still = free with { Height = 97, Width = 161 };
            foreach (var options in IsDeepest(id) ? [still] : new[] { free, still })
                Assert.AreEqual(Graph(other, twin, options), Graph(network, id, options), options.ToString());
        }

        static GraphProto Graph(SegmentationNetwork network, string id, OnnxExportOptions options) =>
            ModelProto.Parser.ParseFrom(OnnxExporter.Write(network, GoldenNetwork.Describe(id), options)).Graph;
    }

    [TestMethod]
    [DataRow(OnnxForm.Scoring)]
    [DataRow(OnnxForm.Logits)]
    public void Export_FixedSize_IsCheckedAtThatSize(OnnxForm form)
    {
        using var network = GoldenNetwork.Create("sfnet-dfv1");

        var exported = OnnxExporter.Export(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions { Form = form, Height = 96, Width = 160 });

        Assert.AreEqual((96, 160), (exported.Verification.Height, exported.Verification.Width));
        AssertSame("sfnet-dfv1", exported.Verification);
    }

    // More of the blocks that shallower networks have, each file a quarter of a gigabyte: fewer sizes are enough.
    private static bool IsDeepest(string id) => id.Contains("-r101", StringComparison.Ordinal);

    private static void AssertSameAt(
        int height, int width, SegmentationNetwork network, string id, SegmentationModel scoring, SegmentationModel logits, params OnnxForm[] fixedForms)
    {
        var image = GoldenNetwork.Image(height, width);
        var (main, enlarged) = Scores(network, height, width);
        AssertSame(id, ExportCheck.Compare(main, scoring, image));
        AssertSame(id, ExportCheck.Compare(enlarged, logits, image));
        foreach (var form in fixedForms)
            AssertSameAtFixedSize(network, id, form, form == OnnxForm.Scoring ? main : enlarged, image);
    }

    private static SegmentationModel Free(SegmentationNetwork network, string id, OnnxForm form)
    {
        var exported = OnnxExporter.Export(network, GoldenNetwork.Describe(id), new OnnxExportOptions { Form = form });
        AssertSame(id, exported.Verification);
        var model = SegmentationModel.FromBytes(exported.Bytes, id);
        Assert.AreEqual((null, null), (model.Height, model.Width));
        return model;
    }

    private static void AssertSameAtFixedSize(SegmentationNetwork network, string id, OnnxForm form, float[] expected, PixelImage image)
    {
        byte[] bytes = OnnxExporter.Write(network, GoldenNetwork.Describe(id), new OnnxExportOptions { Form = form, Height = image.Height, Width = image.Width });
        using var model = SegmentationModel.FromBytes(bytes, id);
        Assert.AreEqual((image.Height, image.Width), (model.Height, model.Width));
        AssertSame(id, ExportCheck.Compare(expected, model, image));
    }

    // What the two forms must give.
    private static (float[] Main, float[] Enlarged) Scores(SegmentationNetwork network, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var main = network.Predict(GoldenNetwork.Images("input", 1, height, width)).Main;
        return (main.data<float>().ToArray(), Warp.Resize(main, [height, width]).data<float>().ToArray());
    }

    private static void AssertSame(string id, ExportVerification figures)
    {
        // float32 summed in another order over some thousand products, through some twenty layers, or a hundred: as much as it costs the original.
        double tolerance = IsDeepest(id) ? 5e-4 : 1e-4;
        Assert.IsLessThan(tolerance * figures.LogitRange, figures.LargestLogitDifference, figures.ToString());
        Assert.IsGreaterThan(0.999, figures.ArgMaxAgreement, figures.ToString());
        Assert.IsGreaterThan(1, figures.LogitRange, figures.ToString());      // or there was nothing to compare
    }
}
