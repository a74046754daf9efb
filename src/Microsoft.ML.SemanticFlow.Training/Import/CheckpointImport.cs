// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Trainer;

namespace Microsoft.ML.SemanticFlow.Import;

/// <summary>From a file of weights to a model that scores.</summary>
internal static class CheckpointImport
{
    /// <summary>Loads, exports and checks.</summary>
    public static ImportedCheckpoint Run(IHostEnvironment environment, string path, CheckpointImportOptions options)
    {
        using var channel = environment.Register(nameof(CheckpointImport)).Start("Import");
        using var network = options.Network.Create(options.Labels.ClassCount);
        var report = WeightLoader.Load(path, network, options.Network, options.AllowClassifierMismatch);
        channel.Say($"{path}: {report}");
        if (report.Untrained.Count > 0)
            channel.Warn($"{path} was trained on other classes: the classifiers are random, and the model must be trained before it predicts.");

        var exported = RunExport.OfNetwork(network, options.Network.Id, options.Labels, options.CropHeight, options.CropWidth, options.Export);
        var model = SegmentationModel.FromBytes(exported.Bytes, Path.GetFileName(path));
        return new ImportedCheckpoint(report, exported.Verification, new SemanticFlowTransformer(environment, "PredictedLabel", "Image", model));
    }
}
