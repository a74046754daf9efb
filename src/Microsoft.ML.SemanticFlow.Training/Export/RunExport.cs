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
    /// <param name="network">With the weights to export.</param>
    /// <param name="trained">What the network is and how it was trained; of the weights nothing is filled in.</param>
    /// <param name="options">Form and size of the file.</param>
    public static ExportedModel OfNetwork(SegmentationNetwork network, ModelDescription trained, OnnxExportOptions options)
    {
        MemoryLayout.ToContiguous(network);
        network.eval();
        return OnnxExporter.Export(network, trained with { Form = options.Form }, options);
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
        return OfNetwork(network, info.Describe(), options);
    }
}
