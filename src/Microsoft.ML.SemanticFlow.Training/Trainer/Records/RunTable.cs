// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>A table of one row an epoch, as a run leaves it, read again.</summary>
internal sealed class RunTable
{
    private readonly List<string[]> _rows = [];

    private RunTable(IReadOnlyList<string> columns) => Columns = columns;

    /// <summary>The headings; the first is the epoch.</summary>
    public IReadOnlyList<string> Columns { get; }

    public int Count => _rows.Count;

    /// <summary>Reads a table; an empty one where there is no file.</summary>
    /// <exception cref="InvalidDataException">It is no table.</exception>
    public static RunTable Read(string path)
    {
        if (!RegularFile.HoldsBytes(path))
            return new RunTable([]);
        var rows = Csv.Read(Csv.Decode(RegularFile.ReadAllBytes(path), path), path);
        var table = new RunTable(rows is [var header, ..] ? [.. header.Cells] : []);
        table._rows.AddRange(rows.Skip(1).Select(row => row.Cells.ToArray()));
        return table;
    }

    /// <summary>A column over the epochs; where a cell is empty, NaN.</summary>
    /// <returns>Nothing where there is no such column.</returns>
    public IReadOnlyList<(double X, double Y)> Curve(int column) => column < 0 ? [] : [.. _rows.Select(row => (Number(row, 0), Number(row, column)))];

    /// <inheritdoc cref="Curve(int)"/>
    public IReadOnlyList<(double X, double Y)> Curve(string column) => Curve(Columns.ToList().IndexOf(column));

    /// <summary>The last number of a column; null where there is none.</summary>
    public double? Last(string column) => Curve(column) is [.., var last] && double.IsFinite(last.Y) ? last.Y : null;

    private static double Number(string[] row, int column) =>
        column < row.Length && double.TryParse(row[column], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}
