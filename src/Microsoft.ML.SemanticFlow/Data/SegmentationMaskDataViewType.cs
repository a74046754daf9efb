// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The type of a column of <see cref="SegmentationMask"/>; each row may have its own size.</summary>
/// <remarks>
/// ML.NET's Cache, ShuffleRows, AppendCacheCheckpoint and SaveAsBinary leave out columns of such types, those of images too:
/// apply them to the columns of paths, before images and masks are loaded.
/// </remarks>
/// <example>
/// <code>
/// IDataView scored = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(train).Transform(train);
/// Console.WriteLine(scored.Schema["Label"].Type is SegmentationMaskDataViewType);    // prints True
/// </code>
/// </example>
public sealed class SegmentationMaskDataViewType : StructuredDataViewType
{
    private SegmentationMaskDataViewType()
        : base(typeof(SegmentationMask))
    {
    }

    /// <summary>The one instance.</summary>
    public static SegmentationMaskDataViewType Instance { get; } = new();

    /// <inheritdoc/>
    public override bool Equals(DataViewType? other) => other is SegmentationMaskDataViewType;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SegmentationMaskDataViewType;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(SegmentationMaskDataViewType).GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => "Mask";
}
