// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>A checkpoint made into a model that scores.</summary>
/// <example>
/// <code>
/// var options = new CheckpointImportOptions { Network = SegmentationNetworks.SFNetR18, Labels = LabelMaps.Cityscapes };
/// using ImportedCheckpoint imported = ml.SemanticSegmentation.ImportCheckpoint("sf_r18.pth", options);
/// Console.WriteLine(imported);                                // which tensors were used, and how exact the ONNX file is
/// imported.Model.Save("imported.onnx");
/// </code>
/// </example>
public sealed class ImportedCheckpoint : IDisposable
{
    internal ImportedCheckpoint(WeightReport report, ExportVerification verification, SemanticFlowTransformer transformer) =>
        (Report, Verification, Transformer) = (report, verification, transformer);

    /// <summary>Which tensors of the checkpoint were used.</summary>
    public WeightReport Report { get; }

    /// <summary>How far the ONNX file's scores are from the network's.</summary>
    public ExportVerification Verification { get; }

    /// <summary>Scores rows: column <c>Image</c> to <c>PredictedLabel</c>. It lives as long as this object.</summary>
    public SemanticFlowTransformer Transformer { get; }

    /// <summary>Scores images, and saves the ONNX file. It lives as long as this object.</summary>
    public SegmentationModel Model => Transformer.Model;

    /// <summary>What became of the tensors, and how exact the ONNX file is.</summary>
    public override string ToString() => $"{Report}; {Verification}";

    /// <summary>Frees the model.</summary>
    public void Dispose() => Transformer.Dispose();
}
