// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Import;

[TestClass]
[DoNotParallelize]
public sealed class ImportCheckpointTests : IDisposable
{
    private static readonly CheckpointImportOptions _options = new() { Network = SegmentationNetworks.SFNetDF1, Labels = LabelMaps.Cityscapes };

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [TestMethod]
    public void ImportCheckpoint_OriginalsWeights_GivesTheOriginalsScores()
    {
        GoldenData.Require();
        using var network = GoldenNetwork.Create("sfnet-dfv1");
        string path = WeightFile.Write(_folder["w.safetensors"], network.state_dict().Renamed(name => "module." + name));

        using var imported = new MLContext(1).SemanticSegmentation.ImportCheckpoint(path, _options with { Export = new OnnxExportOptions { Form = OnnxForm.Logits } });

        var (logits, _, _) = imported.Model.Scorer.RunLogits(GoldenNetwork.Image(128, 192));
        // Ten times what float32 costs the original itself.
        double tolerance = 10 * GoldenData.Json("arch", "sfnet-dfv1", "info.json").GetProperty("results").GetProperty("128x192").GetProperty("fp32_vs_fp64_max_abs").Number();
        GoldenNetwork.AssertClose(GoldenData.Floats("arch", "sfnet-dfv1", "logits_128x192.s7.f32"), GoldenData.Thin<float>(logits), tolerance, "logits");
        Assert.HasCount(226, imported.Report.Loaded); // golden/README, section 2: entries of the state dict
    }

    [TestMethod]
    public void ImportCheckpoint_Result_SavesAndScores()
    {
        var context = new MLContext(1);
        string path = WeightFile.Write(_folder["w.safetensors"], WeightFile.StateOf(_options.Network, 19));

        using var imported = context.SemanticSegmentation.ImportCheckpoint(path, _options with { CropHeight = 768, CropWidth = 1536 });

        imported.Model.Save(_folder["m.onnx"]);
        using var loaded = SegmentationModel.Load(_folder["m.onnx"]);
        var image = ExportCheck.Draw(64, 96);
        Assert.IsTrue(imported.Model.Predict(image).Ids.SequenceEqual(loaded.Predict(image).Ids));
        Assert.AreEqual(("sfnet-dfv1", OnnxForm.Scoring, 768, 1536), (loaded.Network, loaded.Form, loaded.Description.TrainingHeight, loaded.Description.TrainingWidth));
        Assert.AreEqual("road", loaded.Labels.Classes[0].Name);
        Assert.IsLessThan(1e-3 * imported.Verification.LogitRange, imported.Verification.LargestLogitDifference);
        var schema = imported.Transformer.GetOutputSchema(context.Data.LoadFromEnumerable([new Row()]).Schema);
        Assert.AreEqual(typeof(SegmentationMask), schema["PredictedLabel"].Type.RawType);
    }

    [TestMethod]
    public void ImportCheckpoint_OtherClassesAllowed_WarnsThatItMustBeTrained()
    {
        string path = WeightFile.Write(_folder["w.safetensors"], WeightFile.StateOf(_options.Network, 19));
        var context = new MLContext(1);
        var lines = new List<string>();
        context.Log += (_, line) => lines.Add(line.Message);

        using var imported = context.SemanticSegmentation.ImportCheckpoint(path, _options with { Labels = LabelMaps.CamVid, AllowClassifierMismatch = true });

        Assert.HasCount(2, imported.Report.Untrained);
        Assert.AreEqual(11, imported.Model.Labels.ClassCount);
        Assert.Contains(line => line.Contains("must be trained", StringComparison.Ordinal), lines);
    }

    [TestMethod]
    public void ImportCheckpoint_Refused_GivesTheReportToPrograms()
    {
        string path = WeightFile.Write(_folder["w.safetensors"], WeightFile.StateOf(_options.Network, 19));

        var thrown = Assert.ThrowsExactly<WeightMismatchException>(() => new MLContext(1).SemanticSegmentation.ImportCheckpoint(path, _options with { Labels = LabelMaps.CamVid }));

        Assert.HasCount(2, thrown.Report.MisShaped);
    }

    [TestMethod]
    public void ImportCheckpoint_NoFile_SaysSo() =>
        Assert.ThrowsExactly<FileNotFoundException>(() => new MLContext(1).SemanticSegmentation.ImportCheckpoint(_folder["none.pth"], _options));

    [TestMethod]
    public void ImportCheckpoint_Folder_AsksForAFile()
    {
        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => new MLContext(1).SemanticSegmentation.ImportCheckpoint(_folder.Root, _options));

        StringAssert.Contains(thrown.Message, "is a folder");
    }

    private sealed class Row
    {
        [Microsoft.ML.Transforms.Image.ImageType(64, 96)]
        public Microsoft.ML.Data.MLImage? Image { get; set; }
    }
}
