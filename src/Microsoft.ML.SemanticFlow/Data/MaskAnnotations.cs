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

    /// <summary>Annotation kind of the ids in the label files, "raw", "train" or "color".</summary>
    public const string Ids = "LabelFileIds";

    /// <summary>Annotation kind of the folders whose files are read otherwise: a table of folder, ids, name and table of the map.</summary>
    public const string Parts = "LabelFileParts";

    private static readonly (string Word, MaskIds Ids)[] _words = [("raw", MaskIds.Raw), ("train", MaskIds.Train), ("color", MaskIds.Color)];

    public static void Add(DataViewSchema.Annotations.Builder builder, LabelMap labels)
    {
        AddText(builder, Name, labels.Name);
        AddText(builder, Table, labels.ToCsv());
    }

    /// <param name="labels">The label space; null when unknown.</param>
    /// <param name="ids">Which ids the label files hold; null when unknown, or when there are no files.</param>
    /// <param name="parts">The folders whose files are read otherwise; null when there are none.</param>
    public static DataViewSchema.Annotations Of(LabelMap? labels, MaskIds? ids = null, IReadOnlyList<LabelPart>? parts = null)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (labels is not null)
            Add(builder, labels);
        if (ids is not null)
            AddText(builder, Ids, WordOf(ids.Value));
        if (parts is { Count: > 0 })
            AddText(builder, Parts, LabelPart.Write(parts));
        return builder.ToAnnotations();
    }

    /// <returns>The label space of a mask column; null when it carries none.</returns>
    public static LabelMap? TryGet(DataViewSchema.Column column) =>
        TryGetText(column, Name) is { } name && TryGetText(column, Table) is { } table ? LabelMap.Parse(name, table) : null;

    /// <returns>Which ids the label files hold that a column names, or was read from; null when it does not say.</returns>
    public static MaskIds? TryGetIds(DataViewSchema.Column column) => TryGetText(column, Ids) is { } word ? IdsOf(word) : null;

    /// <returns>The folders whose files are read otherwise than the column says; mostly none.</returns>
    public static IReadOnlyList<LabelPart> GetParts(DataViewSchema.Column column) => TryGetText(column, Parts) is { } text ? LabelPart.Read(text) : [];

    /// <summary>What a word of <see cref="WordOf"/> says.</summary>
    public static MaskIds IdsOf(string word) => _words.First(known => known.Word == word).Ids; // written here

    /// <summary>What messages and records call the ids.</summary>
    public static string WordOf(MaskIds ids) => _words.First(known => known.Ids == ids).Word;

    private static string? TryGetText(DataViewSchema.Column column, string kind)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind) is null)
            return null;
        ReadOnlyMemory<char> text = default;
        column.Annotations.GetValue(kind, ref text);
        return text.ToString();
    }

    private static void AddText(DataViewSchema.Annotations.Builder builder, string kind, string text) =>
        builder.Add(kind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> value) => value = text.AsMemory());
}
