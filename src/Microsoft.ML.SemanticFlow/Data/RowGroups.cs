// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Reflection;
using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>Divides the rows of a view. Rows with the same key stay together; sizes are as even as the keys allow.</summary>
internal sealed class RowGroups
{
    private static readonly MethodInfo _keysOf = typeof(RowGroups).GetMethod(nameof(KeysOf), BindingFlags.Static | BindingFlags.NonPublic)!; // below

    private readonly IDataView _data;
    private readonly List<DataViewRowId>[] _groups;
    private readonly string? _keyColumn;

    private RowGroups(IDataView data, string? keyColumn, List<DataViewRowId>[] groups) => (_data, _keyColumn, _groups) = (data, keyColumn, groups);

    private long RowCount => _groups.Sum(group => (long)group.Count);

    /// <summary>Reads the ids of the rows and, given a key, its column: no image, no mask.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The key column is missing, or of a type without equality.</exception>
    public static RowGroups Read(IDataView data, string? keyColumn)
    {
        if (keyColumn is null)
            return new RowGroups(data, keyColumn, [.. Ids(data).Select(id => new List<DataViewRowId> { id })]);

        var column = data.Schema.GetColumnOrNull(keyColumn) ?? throw new ArgumentOutOfRangeException(nameof(data), $"Could not find sampling key column '{keyColumn}'");
        if (column.Type is not PrimitiveDataViewType)
            throw new ArgumentOutOfRangeException(nameof(data), $"Schema mismatch for sampling key column '{keyColumn}': expected text, a key or a number, got {column.Type}");
        var keyed = (IEnumerable<(object Key, DataViewRowId Id)>)_keysOf.MakeGenericMethod(column.Type.RawType).Invoke(null, [data, column])!; // never null
        return new RowGroups(data, keyColumn, [.. keyed.GroupBy(row => row.Key, row => row.Id).Select(group => group.ToList())]);
    }

    /// <summary>Parts of about the same size: every row is in exactly one.</summary>
    /// <exception cref="ArgumentException">There are fewer rows, or fewer keys, than parts.</exception>
    public IReadOnlyList<IReadOnlySet<DataViewRowId>> Divide(int parts, int seed)
    {
        if (_groups.Length < parts)
            throw new ArgumentException($"The data has {Name(_groups.Length)}, which cannot be divided into {parts} folds. Ask for fewer.", nameof(parts));
        var sets = Enumerable.Range(0, parts).Select(_ => new HashSet<DataViewRowId>()).ToArray();
        foreach (var group in Shuffled(seed).OrderByDescending(group => group.Count)) // a stable sort: groups of one size stay shuffled
            sets.MinBy(set => set.Count)!.UnionWith(group); // parts is at least 2
        return sets;
    }

    /// <summary>A share of the rows: at most that, at least one group, and not all.</summary>
    /// <exception cref="ArgumentException">There are fewer than two rows, or fewer than two keys.</exception>
    public IReadOnlySet<DataViewRowId> Take(double fraction, int seed)
    {
        if (_groups.Length < 2)
            throw new ArgumentException($"The data has {Name(_groups.Length)}, which cannot be divided in two.", nameof(fraction));
        long wanted = Math.Max(1, (long)Math.Round(fraction * RowCount));
        var shuffled = Shuffled(seed);
        var taken = new HashSet<DataViewRowId>();
        int groups = 0;
        foreach (var group in shuffled)
        {
            if (taken.Count + group.Count > wanted || groups == _groups.Length - 1)
                continue;
            taken.UnionWith(group);
            groups++;
        }

        return groups > 0 ? taken : shuffled.MinBy(group => group.Count)!.ToHashSet(); // two groups at least
    }

    /// <summary>The rows in a set, or the others.</summary>
    public IDataView Rows(IReadOnlySet<DataViewRowId> rows) => new SubsetView(_data, rows, rows.Count);

    /// <summary>The rows of all groups that a set does not hold.</summary>
    public IDataView Others(IReadOnlySet<DataViewRowId> rows)
    {
        var others = _groups.SelectMany(group => group).Where(id => !rows.Contains(id)).ToHashSet();
        return new SubsetView(_data, others, others.Count);
    }

    private List<DataViewRowId>[] Shuffled(int seed)
    {
        List<DataViewRowId>[] groups = [.. _groups];
        new Random(seed).Shuffle(groups);
        return groups;
    }

    private string Name(int groups)
    {
        string plural = groups == 1 ? "" : "s";
        return _keyColumn is null ? $"{groups} row{plural}" : $"{groups} different value{plural} in the column '{_keyColumn}'";
    }

    private static IEnumerable<DataViewRowId> Ids(IDataView data)
    {
        using var cursor = data.GetRowCursor([]);
        var getId = cursor.GetIdGetter();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            getId(ref id);
            yield return id;
        }
    }

    private static IEnumerable<(object Key, DataViewRowId Id)> KeysOf<T>(IDataView data, DataViewSchema.Column column)
        where T : notnull
    {
        using var cursor = data.GetRowCursor([column]);
        var (getId, getKey) = (cursor.GetIdGetter(), cursor.GetGetter<T>(column));
        DataViewRowId id = default;
        T key = default!; // the getter sets it
        while (cursor.MoveNext())
        {
            getId(ref id);
            getKey(ref key);
            yield return (key is ReadOnlyMemory<char> text ? text.ToString() : key, id);
        }
    }
}
