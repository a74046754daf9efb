// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Export;

/// <summary>From trained weights to an ONNX file that says all that scoring needs.</summary>
internal static class RunExport
{
    /// <summary>Exports a network as it stands.</summary>
    public static ExportedModel OfNetwork(SegmentationNetwork network, string id, LabelMap labels, int cropHeight, int cropWidth, Gray16 gray16, OnnxExportOptions options)
    {
        MemoryLayout.ToContiguous(network);
        network.eval();
        var description = new ModelDescription
        {
            Network = id,
            Form = options.Form,
            Labels = labels,
            Gray16 = gray16,
            TrainingHeight = cropHeight,
            TrainingWidth = cropWidth,
            WeightsSha256 = "", // the exporter's to fill in
        };
        return OnnxExporter.Export(network, description, options);
    }

    /// <summary>Writes the best weights of a training run to a file.</summary>
    public static ExportVerification ToFile(string path, string outputPath, OnnxExportOptions options)
    {
        var exported = OfFolder(path, options);
        options.CancellationToken.ThrowIfCancellationRequested();
        AtomicFile.Write(outputPath, exported.Bytes);
        return exported.Verification;
    }

    /// <summary>Exports the best weights of a training run.</summary>
    public static ExportedModel OfFolder(string path, OnnxExportOptions options)
    {
        string checkpoint = RunFolder.FindCheckpoint(path);
        var info = Checkpoint.ReadInfo(checkpoint);
        options.CancellationToken.ThrowIfCancellationRequested();
        TorchNative.EnsureLoaded();
        using var network = SegmentationNetworks.Get(info.Network).Create(info.Labels.ClassCount);
        Checkpoint.LoadWeights(checkpoint, network);
        options.CancellationToken.ThrowIfCancellationRequested();
        return OfNetwork(network, info.Network, info.Labels, info.CropHeight, info.CropWidth, info.Gray16, options);
    }
}
