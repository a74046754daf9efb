// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Which ONNX file is written.</summary>
/// <example>
/// <code>
/// // A file of one size that ML.NET's stock transforms can feed.
/// var export = new OnnxExportOptions { Form = OnnxForm.Logits, Height = 128, Width = 256, Normalization = OnnxNormalization.Graph };
/// var options = new CheckpointImportOptions { Network = SegmentationNetworks.SFNetR18, Labels = LabelMaps.Cityscapes, Export = export };
/// using var imported = ml.SemanticSegmentation.ImportCheckpoint("sf_r18.pth", options);
/// </code>
/// </example>
public sealed record OnnxExportOptions
{
    /// <summary>What the file takes and gives. Default <see cref="OnnxForm.Scoring"/>.</summary>
    public OnnxForm Form { get; init; } = OnnxForm.Scoring;

    /// <summary>Who normalises the planes of <see cref="OnnxForm.Logits"/>. Default the caller; the graph, to be fed by ML.NET's stock transforms.</summary>
    /// <remarks>In <see cref="OnnxForm.Scoring"/> the graph always does, and this changes nothing.</remarks>
    public OnnxNormalization Normalization { get; init; } = OnnxNormalization.Caller;

    /// <summary>Rows of the images, at least 32; null, the default, for any size. Set both sides or neither.</summary>
    /// <remarks>A fixed size is a little faster, and what some other runtimes need.</remarks>
    public int? Height { get; init => field = AtLeast32(value, nameof(Height)); }

    /// <summary>Columns of the images, at least 32; null, the default, for any size. Set both sides or neither.</summary>
    public int? Width { get; init => field = AtLeast32(value, nameof(Width)); }

    /// <summary>Ends the export with <see cref="OperationCanceledException"/>; no file is written. Default: it runs to its end.</summary>
    public CancellationToken CancellationToken { get; init; }

    private static int? AtLeast32(int? value, string name)
    {
        if (value is { } side)
            ArgumentOutOfRangeException.ThrowIfLessThan(side, ModelDescription.NetworksSmallestSide, name);
        return value;
    }
}
