// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>Divides a view of image files so that neighbours of one video lie on one side, as far as names tell.</summary>
/// <remarks>
/// Files of one folder whose names differ in their last number alone are a group: a video, or a numbered collection. Where there are
/// several groups, and none holds half of the files, whole groups are held out; else the last files of each.
/// </remarks>
internal static class NameGroups
{
    private const string Column = "ImagePath";
    private const int Several = 5;

    /// <summary>The rows to hold out: at least one, and never all.</summary>
    /// <param name="data">With the column ImagePath, in the files' natural order.</param>
    /// <param name="fraction">About the share of rows that is wanted.</param>
    /// <exception cref="ArgumentException">There is no such column, or fewer than two rows.</exception>
    public static HashSet<DataViewRowId> HoldOut(IDataView data, double fraction)
    {
        var groups = Read(data).GroupBy(row => row.Group, row => row.Id).Select(group => (group.Key, Ids: group.ToArray())).ToArray();
        int all = groups.Sum(group => group.Ids.Length), wanted = Math.Max(1, (int)Math.Round(fraction * all));
        if (all < 2)
            throw new ArgumentException($"There are {all} images, and two are needed to hold one out. Give more.", nameof(data));
        var held = new HashSet<DataViewRowId>();
        if (groups.Length >= Several && groups.Max(group => group.Ids.Length) * 2 <= all)
        {
            // In an order that depends on the names alone, so that a set that grows keeps its sides.
            foreach (var (_, ids) in groups.OrderBy(group => Hash(group.Key)))
            {
                if (held.Count + ids.Length <= wanted || held.Count == 0)
                    held.UnionWith(ids);
            }

            return held;
        }

        foreach (var (_, ids) in groups)
            held.UnionWith(ids.TakeLast((int)Math.Round(fraction * ids.Length)));
        if (held.Count == 0)
            held.Add(groups.MaxBy(group => group.Ids.Length).Ids[^1]);
        return held;
    }

    private static IEnumerable<(string Group, DataViewRowId Id)> Read(IDataView data)
    {
        var column = data.Schema.GetColumnOrNull(Column) ?? throw new ArgumentException(
            $"There is no column '{Column}'. Read the images with a reader of SemanticSegmentation.Data.", nameof(data));
        using var cursor = data.GetRowCursor([column]);
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(column);
        var getId = cursor.GetIdGetter();
        ReadOnlyMemory<char> path = default;
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            getPath(ref path);
            getId(ref id);
            yield return (GroupOf(path.ToString()), id);
        }
    }

    // The folder and the name up to its last number: "left/0001TP_006690.png" is of "left/0001TP_".
    private static string GroupOf(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        int end = name.Length;
        while (end > 0 && !char.IsAsciiDigit(name[end - 1]))
            end--;
        int start = end;
        while (start > 0 && char.IsAsciiDigit(name[start - 1]))
            start--;
        return $"{Path.GetFileName(Path.GetDirectoryName(path))}/{(end == 0 ? name : name[..start])}";
    }

    // FNV-1a: the same on every machine and in every process.
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = (hash ^ c) * 16777619;
        return hash;
    }
}
