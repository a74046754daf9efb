// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>What cursors say to a reader who asks for a column in a way that cannot be.</summary>
internal static class ColumnFaults
{
    public static InvalidOperationException NotActive(DataViewSchema.Column column) =>
        new($"Column '{column.Name}' was not asked for when the cursor was made. Name it in GetRowCursor.");

    public static InvalidOperationException OtherType<T>(DataViewSchema.Column column) => new($"Column '{column.Name}' holds {column.Type.RawType}, not {typeof(T)}.");
}
