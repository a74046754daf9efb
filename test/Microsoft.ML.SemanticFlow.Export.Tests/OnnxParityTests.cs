// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Export.Tests;

/// <summary>Every known network gives the same scores as its exported file, in both forms, at fixed and free sizes.</summary>
[TestClass]
public sealed class OnnxParityTests
{
    // A side that no stride divides, and one that all do; then features of one cell, where the original's grid has the one position -1, of one row, and of one
    // cell beside more. Forms differ before and after the network alone: files of one size are of both forms once.
    private static readonly (int Height, int Width, OnnxForm[] Fixed)[] _sizes =
    [
        (97, 161, [OnnxForm.Scoring, OnnxForm.Logits]),
        (128, 192, []),
        (32, 32, [OnnxForm.Scoring]),
        (32, 160, [OnnxForm.Scoring]),
        (96, 33, [OnnxForm.Scoring]),
    ];

    [TestMethod]
    [DynamicData(nameof(DistinctNetworks.Shallow), typeof(DistinctNetworks))]
    public void Export_EveryFormAtEverySize_GivesTheNetworksLogits(string id) => AssertSameAtEverySize(id);

    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(DistinctNetworks.Deep), typeof(DistinctNetworks))]
    public void Export_DeepNetworkInEveryFormAtEverySize_GivesTheNetworksLogits(string id) => AssertSameAtEverySize(id);

    [TestMethod]
    [DynamicData(nameof(DistinctNetworks.Deep), typeof(DistinctNetworks))]
    public void Export_DeepNetwork_GivesTheNetworksLogits(string id)
    {
        using var network = GoldenNetwork.Create(id);
        network.eval();
        using var logits = Open(network, id, new OnnxExportOptions { Form = OnnxForm.Logits });

        AssertSame(id, ExportCheck.Compare(Scores(network, 97, 161).Enlarged, logits, GoldenNetwork.Image(97, 161)));
        AssertOriginals(id, logits);
    }

    // Half of the whole suite's time.
    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(DistinctNetworks.All), typeof(DistinctNetworks))]
    public void Export_EveryFormAtTheSizeThatIsScored_GivesTheNetworksLogits(string id)
    {
        using var network = GoldenNetwork.Create(id);
        network.eval();
        using var scoring = Open(network, id, new OnnxExportOptions());
        using var logits = Open(network, id, new OnnxExportOptions { Form = OnnxForm.Logits });

        AssertSameAt(512, 1024, network, id, scoring, logits, OnnxForm.Scoring, OnnxForm.Logits);
    }

    [TestMethod]
    [DynamicData(nameof(DistinctNetworks.Twins), typeof(DistinctNetworks))]
    public void Export_NetworkThatDiffersInTrainingOnly_GivesTheSameGraph(string id, string twin)
    {
        using var network = GoldenNetwork.Create(id);
        using var other = GoldenNetwork.Create(twin);
        OnnxExportOptions still = new() { Form = OnnxForm.Logits, Height = 97, Width = 161 }, free = new();

        foreach (var options in IsDeepest(id) ? [still] : new[] { still, free })
            Assert.AreEqual(Graph(other, twin, options), Graph(network, id, options), options.ToString());

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

    // Each of its files is a quarter of a gigabyte.
    private static bool IsDeepest(string id) => id.Contains("-r101", StringComparison.Ordinal);

    private static void AssertSameAtEverySize(string id)
    {
        using var network = GoldenNetwork.Create(id);
        network.eval();
        using var scoring = Open(network, id, new OnnxExportOptions());
        using var logits = Open(network, id, new OnnxExportOptions { Form = OnnxForm.Logits });

        foreach (var (height, width, fixedForms) in _sizes)
            AssertSameAt(height, width, network, id, scoring, logits, fixedForms);
        AssertOriginals(id, logits);
    }

    private static void AssertSameAt(
        int height, int width, SegmentationNetwork network, string id, SegmentationModel scoring, SegmentationModel logits, params OnnxForm[] fixedForms)
    {
        var image = GoldenNetwork.Image(height, width);
        var (main, enlarged) = Scores(network, height, width);
        AssertSame(id, ExportCheck.Compare(main, scoring, image));
        AssertSame(id, ExportCheck.Compare(enlarged, logits, image));
        foreach (var form in fixedForms)
        {
            using var model = Open(network, id, new OnnxExportOptions { Form = form, Height = height, Width = width });
            AssertSame(id, ExportCheck.Compare(form == OnnxForm.Scoring ? main : enlarged, model, image));
        }
    }

    private static void AssertOriginals(string id, SegmentationModel logits)
    {
        if (!OriginalNetwork.All.Contains(SegmentationNetworks.Get(id)))
            return;
        var original = OriginalNetwork.CasesOf(id).First();
        Assert.AreEqual((1, GoldenNetwork.Classes), (original.Batch, original.Classes));
        original.AssertEqual(logits.Scorer.RunLogits(GoldenNetwork.Image(original.Height, original.Width)).Logits);
    }

    private static SegmentationModel Open(SegmentationNetwork network, string id, OnnxExportOptions options)
    {
        var model = SegmentationModel.FromBytes(OnnxExporter.Write(network, GoldenNetwork.Describe(id), options), id);
        Assert.AreEqual((options.Height, options.Width), (model.Height, model.Width));
        return model;
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
