// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Import;

/// <summary>From a file of weights to a model that scores, or to a file that others read.</summary>
internal static class CheckpointImport
{
    /// <summary>Loads, exports and checks.</summary>
    public static ImportedCheckpoint ToModel(IHostEnvironment environment, string path, CheckpointImportOptions options)
    {
        using var network = options.Network.Create(options.Labels.ClassCount);
        var report = Load(environment, path, network, options);
        var trained = new ModelDescription
        {
            Network = options.Network.Id,
            Form = OnnxForm.Scoring,
            Labels = options.Labels,
            TrainingHeight = options.CropHeight,
            TrainingWidth = options.CropWidth,
            WeightsSha256 = "", // the exporter's to fill in
        };
        var exported = RunExport.OfNetwork(network, trained, options.Export with { CancellationToken = options.CancellationToken });
        options.CancellationToken.ThrowIfCancellationRequested();
        var model = SegmentationModel.FromBytes(exported.Bytes, Path.GetFileName(path));
        return new ImportedCheckpoint(report, exported.Verification, new SemanticFlowTransformer(environment, "PredictedLabel", "Image", model));
    }

    /// <summary>Loads, and writes the network's weights as safetensors.</summary>
    public static WeightReport ToSafeTensors(IHostEnvironment environment, string path, string outputPath, CheckpointImportOptions options)
    {
        using var network = options.Network.Create(options.Labels.ClassCount);
        var report = Load(environment, path, network, options);
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "pt", // by which other libraries know whose tensors these are
            ["network"] = options.Network.Id,
            ["labels.name"] = options.Labels.Name,
            ["labels.table"] = options.Labels.ToCsv(),
        };
        options.CancellationToken.ThrowIfCancellationRequested();
        AtomicFile.Write(outputPath, stream => SafeTensors.Write(stream, network.state_dict(), metadata));
        return report;
    }

    private static WeightReport Load(IHostEnvironment environment, string path, SegmentationNetwork network, CheckpointImportOptions options)
    {
        using var channel = environment.Register(nameof(CheckpointImport)).Start("Import");
        var report = WeightLoader.Load(path, network, options.Network, options.AllowClassifierMismatch, options.Labels, options.CheckpointKey, options.CancellationToken);
        channel.Say($"{path}: {report}");
        if (report.Untrained.Count > 0)
            channel.Warn($"{path} was trained on other classes: the classifiers are random, and the model must be trained before it predicts.");
        return report;
    }
}
