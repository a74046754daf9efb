// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>What a column of images says of how its files were read.</summary>
internal static class ImageAnnotations
{
    private const string Kind = "SemanticFlowGray16";

    public static DataViewSchema.Annotations Of(Gray16 gray16)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(Kind, NumberDataViewType.Int32, (ref int value) => value = (int)gray16);
        return builder.ToAnnotations();
    }

    /// <returns>How 16-bit gray files were read; null when the column does not say.</returns>
    public static Gray16? TryGetGray16(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Kind) is null)
            return null;
        int value = 0;
        column.Annotations.GetValue(Kind, ref value);
        return (Gray16)value;
    }
}
