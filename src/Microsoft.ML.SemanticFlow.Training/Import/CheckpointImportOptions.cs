// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a checkpoint is, and what is made of it.</summary>
/// <example>
/// <code>
/// var options = new CheckpointImportOptions
/// {
///     Network = SegmentationNetworks.SFNetR18,
///     Labels = LabelMaps.Cityscapes,
///     Export = new OnnxExportOptions { Height = 256, Width = 512 },
/// };
/// using var imported = ml.SemanticSegmentation.ImportCheckpoint("sf_r18.pth", options);
/// </code>
/// </example>
public sealed record CheckpointImportOptions
{
    /// <summary>The network that was trained.</summary>
    public required SegmentationNetworkInfo Network { get; init => field = Check.NotNull(value); }

    /// <summary>The classes it tells apart, in the order of its outputs.</summary>
    public required LabelMap Labels { get; init => field = Check.NotNull(value); }

    /// <summary>
    /// Whether to take everything but the classifiers from a checkpoint of other classes. Default false. The classifiers are then random:
    /// the result is a start for training, not a model to predict with.
    /// </summary>
    public bool AllowClassifierMismatch { get; init; }

    /// <summary>
    /// Which weights to take where the file holds several, such as a moving average: a key that leads to them (<c>ema</c>, <c>state_dict_ema</c>) or a
    /// word before their names (<c>model</c>). Null, the default, takes the first, moving averages last; the report says which were taken.
    /// </summary>
    public string? CheckpointKey { get; init; }

    /// <summary>Rows of the crop that the network was trained on, which the ONNX file states. Default 1024, as in the papers.</summary>
    public int CropHeight { get; init => field = Check.AtLeast(value, 1); } = 1024;

    /// <summary>Columns of the crop that the network was trained on. Default 1024.</summary>
    public int CropWidth { get; init => field = Check.AtLeast(value, 1); } = 1024;

    /// <summary>Which ONNX file is made. Default: the scoring form, for images of any size.</summary>
    public OnnxExportOptions Export { get; init => field = Check.NotNull(value); } = new();

    /// <summary>Ends the import with <see cref="OperationCanceledException"/>; nothing is written. Default: it runs to its end.</summary>
    public CancellationToken CancellationToken { get; init; }
}
