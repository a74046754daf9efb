// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>The label space that travels with a column of masks or of label files, and which of its ids the files hold.</summary>
internal static class MaskAnnotations
{
    /// <summary>Annotation kind of the map's name.</summary>
    public const string Name = "LabelMapName";

    /// <summary>Annotation kind of the map's table, as <see cref="LabelMap.ToCsv"/> writes it.</summary>
    public const string Table = "LabelMapTable";

    /// <summary>Annotation kind of the ids in the label files, "raw" or "train".</summary>
    public const string Ids = "LabelFileIds";

    private static readonly (string Word, MaskIds Ids)[] _words = [("raw", MaskIds.Raw), ("train", MaskIds.Train)];

    public static void Add(DataViewSchema.Annotations.Builder builder, LabelMap labels)
    {
        AddText(builder, Name, labels.Name);
        AddText(builder, Table, labels.ToCsv());
    }

    /// <param name="labels">The label space; null when unknown.</param>
    /// <param name="ids">Which ids the label files hold; null when unknown, or when there are no files.</param>
    public static DataViewSchema.Annotations Of(LabelMap? labels, MaskIds? ids = null)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (labels is not null)
            Add(builder, labels);
        if (ids is not null)
            AddText(builder, Ids, WordOf(ids.Value));
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

    /// <returns>Which ids the label files hold that a column names, or was read from; null when it does not say.</returns>
    public static MaskIds? TryGetIds(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Ids) is null)
            return null;

        ReadOnlyMemory<char> word = default;
        column.Annotations.GetValue(Ids, ref word);
        string text = word.ToString();
        return _words.First(known => known.Word == text).Ids; // written by Of
    }

    /// <summary>What messages and records call the ids.</summary>
    public static string WordOf(MaskIds ids) => _words.First(known => known.Ids == ids).Word;

    private static void AddText(DataViewSchema.Annotations.Builder builder, string kind, string text) =>
        builder.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());
}
