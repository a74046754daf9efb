// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A data view with the columns of a <see cref="RowMapper"/> added; nothing is computed before it is read.</summary>
internal sealed class RowView(IDataView input, RowMapper mapper) : IDataView
{
    /// <summary>Whether each getter of a row's image column gives images of its own, which nobody else disposes.</summary>
    public static bool MakesImages(DataViewRow row, DataViewSchema.Column column) => row is Cursor cursor && cursor.MakesImages(column);

    /// <summary>The view below.</summary>
    public IDataView Input => input;

    public RowMapper Mapper => mapper;

    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded], from = [.. mapper.GetDependencies(needed)];
        var active = mapper.IsActive(needed);
        int ahead = mapper.RowsAhead(active);
        if (ahead == 1)
            return new Cursor(input.GetRowCursor(from, rand), mapper, active, default);

        var stop = new CancellationTokenSource();
        var context = new RowContext(IsParallel: true, stop.Token);
        var (cursors, isDense) = Split(from, ahead, rand, context);
        return new LookAheadCursor([.. cursors.Select(cursor => new Cursor(cursor, mapper, active, context))], active, isDense, stop);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded], from = [.. mapper.GetDependencies(needed)];
        var active = mapper.IsActive(needed);
        n = mapper.CursorsOf(n, active);
        if (n <= 1)
            return [GetRowCursor(needed, rand)];

        // What is cheap need not be divided evenly: only where rows are worth computing ahead are those of an undivided input shared out.
        var context = new RowContext(IsParallel: true, CancellationToken.None);
        var cursors = mapper.RowsAhead(active) > 1 ? Split(from, n, rand, context).Cursors : input.GetRowCursorSet(from, n, rand);
        return [.. cursors.Select(cursor => new Cursor(cursor, mapper, active, cursors.Length > 1 ? context : default))];
    }

    /// <summary>Divides the rows of the input one by one.</summary>
    /// <returns>The cursors, and whether their batches number the rows from 0.</returns>
    private (DataViewRowCursor[] Cursors, bool IsDense) Split(DataViewSchema.Column[] columns, int n, Random? rand, RowContext context)
    {
        if (SplitsRows(n))
            return (input.GetRowCursorSet(columns, n, rand), false);
        if (input is not RowView below)
            return (SharedRows.Split(input.GetRowCursor(columns, rand), n), true);

        // Shared below this library's transforms: what they do for a row is then done by its reader, not while the others wait.
        var active = below.Mapper.IsActive(columns);
        var (cursors, isDense) = below.Split([.. below.Mapper.GetDependencies(columns)], n, rand, context);
        return ([.. cursors.Select(cursor => new Cursor(cursor, below.Mapper, active, context))], isDense);
    }

    // Sources of text give whole batches of rows to each cursor: all of a few images would go to one.
    private bool SplitsRows(int n)
    {
        var cursors = input.GetRowCursorSet([], n);
        try
        {
            if (cursors.Length == 1 || !cursors[0].MoveNext())
                return cursors.Length > 1;
            long batch = cursors[0].Batch;
            return !cursors[0].MoveNext() || cursors[0].Batch != batch;
        }
        finally
        {
            foreach (var cursor in cursors)
                cursor.Dispose();
        }
    }

    private sealed class Cursor(DataViewRowCursor input, RowMapper mapper, bool[] active, RowContext context) : DataViewRowCursor
    {
        private readonly MappedRow _row = mapper.CreateRow(input, active, context);

        public override DataViewSchema Schema => _row.Schema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool MoveNext() => input.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);

        public bool MakesImages(DataViewSchema.Column column) => _row.MakesImages(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _row.Dispose();
            base.Dispose(disposing);
        }
    }
}
