// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>The label space that travels with a mask column, so that evaluation names the classes by itself.</summary>
internal static class MaskAnnotations
{
    /// <summary>Annotation kind of the map's name.</summary>
    public const string Name = "LabelMapName";

    /// <summary>Annotation kind of the map's table, as <see cref="LabelMap.ToCsv"/> writes it.</summary>
    public const string Table = "LabelMapTable";

    public static void Add(DataViewSchema.Annotations.Builder builder, LabelMap labels)
    {
        AddText(builder, Name, labels.Name);
        AddText(builder, Table, labels.ToCsv());
    }

    public static DataViewSchema.Annotations Of(LabelMap labels)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        Add(builder, labels);
        return builder.ToAnnotations();
    }

    /// <returns>The label space of a mask column; null when it carries none.</returns>
    public static LabelMap? TryGet(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Name) is null || column.Annotations.Schema.GetColumnOrNull(Table) is null)
            return null;

        ReadOnlyMemory<char> name = default, table = default;
        column.Annotations.GetValue(Name, ref name);
        column.Annotations.GetValue(Table, ref table);
        return LabelMap.Parse(name.ToString(), table.ToString());
    }

    private static void AddText(DataViewSchema.Annotations.Builder builder, string kind, string text) =>
        builder.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());
}
