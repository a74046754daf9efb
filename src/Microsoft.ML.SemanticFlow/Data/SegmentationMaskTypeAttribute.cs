// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Marks a property or field of type <see cref="SegmentationMask"/> in the classes that rows are read into.</summary>
/// <example>
/// <code>
/// var scorer = ml.Transforms.SemanticFlow().LoadImages().Append(ml.Transforms.SemanticFlow("camvid.onnx"));
/// var rows = ml.Data.CreateEnumerable&lt;Scored>(scorer.Fit(train).Transform(train), reuseRowObject: false);
/// Console.WriteLine(rows.First().PredictedLabel);     // prints 64 x 96 (height x width), CamVid (11 classes)
///
/// class Scored
/// {
///     [SegmentationMaskType]
///     public SegmentationMask? PredictedLabel { get; set; }
/// }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class SegmentationMaskTypeAttribute : DataViewTypeAttribute
{
    /// <inheritdoc/>
    public override bool Equals(DataViewTypeAttribute? other) => other is SegmentationMaskTypeAttribute;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SegmentationMaskTypeAttribute;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(SegmentationMaskTypeAttribute).GetHashCode();

    /// <inheritdoc/>
    public override void Register() =>
        DataViewTypeManager.Register(SegmentationMaskDataViewType.Instance, typeof(SegmentationMask), this);
}
