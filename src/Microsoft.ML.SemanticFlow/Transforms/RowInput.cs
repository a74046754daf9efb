// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A column that a <see cref="RowTransformer"/> reads.</summary>
/// <param name="Role">What messages call it: "input", "mask".</param>
/// <param name="Name">The column's name.</param>
/// <param name="Type">Its type; an image of any size matches an image.</param>
internal sealed record RowInput(string Role, string Name, DataViewType Type)
{
    // A cache drops the columns of types that it does not know, and says nothing.
    private const string Cached = "A cache (AppendCacheCheckpoint, Data.Cache) drops images and masks: put it before that step, or leave it out";

    /// <summary>The role of masks that a model makes.</summary>
    public const string PredictedLabel = "predicted label";

    /// <summary>Whether only training and evaluation need the column: rows may come without, and then lack what is made from it.</summary>
    public bool IsLabel { get; init; }

    public static RowInput Text(string role, string name) => new(role, name, TextDataViewType.Instance);

    public static RowInput Image(string role, string name) => new(role, name, new ImageDataViewType());

    public static RowInput Mask(string role, string name) => new(role, name, SegmentationMaskDataViewType.Instance);

    public bool Accepts(DataViewType type) => Type is ImageDataViewType ? type is ImageDataViewType : Type.Equals(type);

    public DataViewSchema.Column Find(DataViewSchema schema)
    {
        var column = schema.GetColumnOrNull(Name) ?? throw Missing(nameof(schema));
        return Accepts(column.Type) ? column : throw Mismatch(nameof(schema), column.Type.ToString()!); // data view types name themselves
    }

    // ML.NET's own sentences, which it keeps internal.
    public ArgumentOutOfRangeException Missing(string parameter) =>
        new(parameter, $"Could not find {Role} column '{Name}'{(Type is TextDataViewType ? "" : $". Add the step that makes it, such as {Maker}, before this one. {Cached}")}");

    private string Maker => Type is ImageDataViewType ? "SemanticFlow().LoadImages()"
        : Role == PredictedLabel ? "a model's Transform"
        : "SemanticFlow().LoadImagesAndMasks()";

    public ArgumentOutOfRangeException Mismatch(string parameter, string actual) =>
        new(parameter, $"Schema mismatch for {Role} column '{Name}': expected {Type}, got {actual}");
}
