// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>A CSV file of one row an epoch, or several. Each change writes the whole file anew, so that it is valid whenever the process ends.</summary>
internal sealed class EpochTable(string path, IReadOnlyList<string> columns)
{
    private readonly SortedDictionary<int, string[]> _rows = [];

    /// <summary>Takes over the rows of an earlier start, up to an epoch; those after it are done again.</summary>
    public void Continue(int epoch)
    {
        if (!RegularFile.HoldsBytes(path))
            return;
        foreach (var row in Csv.Read(Csv.Decode(RegularFile.ReadAllBytes(path), path), path).Skip(1))
        {
            if (int.TryParse(row.Cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int done) && done <= epoch)
                _rows[done] = [.. _rows.GetValueOrDefault(done, []), Line(row.Cells)];
        }
    }

    /// <summary>Whether there is a row of an epoch.</summary>
    public bool Has(int epoch) => _rows.ContainsKey(epoch);

    /// <summary>A value of the last row as a number; 0 where there is none.</summary>
    public double LastValue(int column) =>
        _rows.Count > 0 && double.TryParse(_rows.Values.Last()[^1].Split(',')[column], CultureInfo.InvariantCulture, out double value) ? value : 0;

    /// <summary>Writes the row of an epoch; an earlier one is replaced.</summary>
    /// <param name="epoch">The epoch, from 1: the first column.</param>
    /// <param name="values">The other columns.</param>
    public void Set(int epoch, FormattableString values) => Set(epoch, [values]);

    /// <summary>Writes the rows of an epoch; earlier ones are replaced.</summary>
    /// <param name="epoch">The epoch, from 1: the first column.</param>
    /// <param name="rows">The other columns of each; none writes nothing.</param>
    public void Set(int epoch, IReadOnlyList<FormattableString> rows)
    {
        if (rows.Count == 0)
            return;
        _rows[epoch] = [.. rows.Select(values => string.Create(CultureInfo.InvariantCulture, $"{epoch},{values.ToString(CultureInfo.InvariantCulture)}"))];
        Write();
    }

    /// <summary>Writes one value of an epoch's row anew.</summary>
    public void Set(int epoch, int column, FormattableString value)
    {
        string[] fields = _rows[epoch][^1].Split(',');
        fields[column] = value.ToString(CultureInfo.InvariantCulture);
        _rows[epoch][^1] = string.Join(',', fields);
        Write();
    }

    // An older version wrote fewer columns.
    private string Line(IReadOnlyList<string> cells) => string.Join(',', cells.Select(Csv.Quote)) + new string(',', Math.Max(0, columns.Count - cells.Count));

    private void Write()
    {
        var text = new StringBuilder().AppendJoin(',', columns.Select(Csv.Quote)).Append('\n');
        foreach (string row in _rows.Values.SelectMany(rows => rows))
            text.Append(row).Append('\n');
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text.ToString()));
    }
}
