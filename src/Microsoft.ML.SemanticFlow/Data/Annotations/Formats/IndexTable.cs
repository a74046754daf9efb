// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Data.Annotations.Formats;

/// <summary>Which values of a mask are ids of classes.</summary>
internal static class IndexTable
{
    /// <summary>The raw id of each of 256 values: the value itself where a class has it, or where it is ignored.</summary>
    public static byte?[] Of(ClassTable classes, params byte[] ignored)
    {
        var table = new byte?[256];
        foreach (var (_, id, _, _) in classes.Labels.Table)
            table[id] = (byte)id; // masks are written with ids up to 255
        foreach (byte id in ignored)
            table[id] ??= LabelMap.IgnoreId;
        return table;
    }

    /// <summary>The values as ranges, such as "0 to 20, 255".</summary>
    public static string Describe(IReadOnlyList<byte?> table)
    {
        var ranges = new List<string>();
        for (int id = 0; id < table.Count; id++)
        {
            if (table[id] is null)
                continue;
            int first = id;
            while (id + 1 < table.Count && table[id + 1] is not null)
                id++;
            ranges.Add(first == id ? first.ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{first} to {id}"));
        }

        return string.Join(", ", ranges);
    }
}
