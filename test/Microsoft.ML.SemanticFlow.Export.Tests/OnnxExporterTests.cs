// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Export.Tests;

[TestClass]
[DoNotParallelize]
public sealed class OnnxExporterTests
{
    [TestMethod]
    [DataRow(OnnxForm.Scoring, null, null)]
    [DataRow(OnnxForm.Logits, 64, 96)]
    public void Export_Description_ComesBackFromTheFile(OnnxForm form, int? height, int? width)
    {
        using var network = Network();
        var given = GoldenNetwork.Describe("sfnet-dfv1");

        byte[] bytes = OnnxExporter.Export(network, given, new OnnxExportOptions { Form = form, Height = height, Width = width }).Bytes;

        using var model = SegmentationModel.FromBytes(bytes, "exported");
        var read = model.Description;
        Assert.AreEqual(("sfnet-dfv1", form, height, width), (read.Network, read.Form, read.Height, read.Width));
        Assert.AreEqual(given.Labels.ToCsv(), read.Labels.ToCsv());
        CollectionAssert.AreEqual(given.Mean.ToArray(), read.Mean.ToArray());
        CollectionAssert.AreEqual(given.Std.ToArray(), read.Std.ToArray());
        Assert.AreEqual((256, 320), (read.TrainingHeight, read.TrainingWidth));
        Assert.AreEqual(OnnxExporter.WeightsSha256(network), read.WeightsSha256);
        Assert.AreEqual("Microsoft.ML.SemanticFlow", ModelProto.Parser.ParseFrom(bytes).ProducerName);
    }

    [TestMethod]
    public void Export_BatchOfTwo_GivesEachImagesLogits()
    {
        using var network = Network();
        byte[] bytes = OnnxExporter.Export(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions()).Bytes;
        using var model = SegmentationModel.FromBytes(bytes, "exported");
        var first = GoldenNetwork.Image(64, 96);
        var second = ExportCheck.Draw(64, 96);
        byte[] both = [.. first.Bgra, .. second.Bgra];

        using var session = new InferenceSession(bytes);
        using var input = OrtValue.CreateTensorValueFromMemory(both, [2, 64, 96, 4]);
        using var options = new RunOptions();
        using var output = session.Run(options, ["image"], [input], ["logits"]);

        float[] expected = [.. model.Scorer.RunLogits(first).Logits, .. model.Scorer.RunLogits(second).Logits];
        // Other blocking of the same float32 sums.
        GoldenNetwork.AssertClose(expected, output[0].GetTensorDataAsSpan<float>(), 1e-4, "logits of two images");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Export_Network_StaysInItsModeWithItsWeights(bool training)
    {
        using var network = Network();
        network.train(training);
        string before = OnnxExporter.WeightsSha256(network);

        OnnxExporter.Export(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions());

        Assert.AreEqual(training, network.training);
        Assert.AreEqual(before, OnnxExporter.WeightsSha256(network));
    }

    [TestMethod]
    public void Export_OneWeightChanged_ChangesTheHash()
    {
        using var network = Network();
        string before = OnnxExporter.WeightsSha256(network);

        using (no_grad())
            network.parameters().Last().add_(1e-3f);

        Assert.AreNotEqual(before, OnnxExporter.WeightsSha256(network));
    }

    [TestMethod]
    public void Check_FileOfOtherWeights_FailsWithFigures()
    {
        using var network = Network();
        byte[] bytes = OnnxExporter.Export(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions()).Bytes;
        using var model = SegmentationModel.FromBytes(bytes, "exported");
        using (no_grad())
            network.parameters().Last().select(0, 3).add_(0.1f);

        var error = Assert.ThrowsExactly<SegmentationCheckException>(() => ExportCheck.Run(network, model));

        Assert.Contains("differ from the network's by up to 0.1", error.Message);
        Assert.AreEqual(0.1, error.Verification!.LargestLogitDifference, 1e-3); // what was added, and the rounding of float32
    }

    [TestMethod]
    public void Export_NetworkThatDiverged_SaysSo()
    {
        using var network = Network();
        using (no_grad())
            network.parameters().Last().fill_(float.NaN);

        var error = Assert.ThrowsExactly<SegmentationCheckException>(() => OnnxExporter.Export(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions()));

        Assert.Contains("not numbers", error.Message);
        Assert.IsNull(error.Verification);
    }

    [TestMethod]
    public void Export_OneSideFixed_Throws()
    {
        using var network = Network();

        var error = Assert.ThrowsExactly<ArgumentException>(() => OnnxExporter.Export(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions { Height = 64 }));

        Assert.Contains("height is 64, width is not set", error.Message);
    }

    [TestMethod]
    public void Export_OtherNumberOfClasses_Throws()
    {
        using var network = SegmentationNetworks.SFNetDF1.Create(3);

        var error = Assert.ThrowsExactly<ArgumentException>(() => OnnxExporter.Export(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions()));

        Assert.Contains("3 classes apart, but label map 'cityscapes' has 19", error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void Options_SideBelow32_Throws() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new OnnxExportOptions { Height = 31 });

    private static SegmentationNetwork Network()
    {
        GoldenData.Require();
        return GoldenNetwork.Create("sfnet-dfv1");
    }
}
