// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>One cursor read by several, for an input that cannot be split: each row goes to whoever asks next.</summary>
/// <remarks>
/// A cursor serves one thread at a time, so a row is fetched under a lock, with its columns. What is computed from them is outside of it.
/// Rows are numbered, and each is a batch, so that readers can restore their order.
/// </remarks>
internal sealed class SharedRows
{
    private readonly Lock _gate = new();
    private readonly DataViewRowCursor _source;
    private int _readers;
    private long _next;
    private bool _ended;

    private SharedRows(DataViewRowCursor source, int readers) => (_source, _readers) = (source, readers);

    /// <summary>Cursors that share the rows of one; the last to be disposed disposes it.</summary>
    public static DataViewRowCursor[] Split(DataViewRowCursor source, int readers)
    {
        var rows = new SharedRows(source, readers);
        return [.. Enumerable.Range(0, readers).Select(_ => new Cursor(rows))];
    }

    private bool Fetch(Cursor reader)
    {
        lock (_gate)
        {
            if (_ended)
                return false;
            _ended = true;                          // so it stays when moving fails
            reader.Number = _next;
            if (!_source.MoveNext())
                return false;
            _ended = false;
            _next++;
            reader.Read();
            return true;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _readers) == 0)
            _source.Dispose();
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly SharedRows _rows;
        private readonly RowCell?[] _cells;
        private readonly ValueGetter<DataViewRowId> _getId;
        private DataViewRowId _id;
        private long _position = -1;
        private bool _disposed;

        public Cursor(SharedRows rows)
        {
            var source = rows._source;
            (_rows, _getId) = (rows, source.GetIdGetter());
            _cells = [.. source.Schema.Select(column => source.IsColumnActive(column) ? RowCell.Of(source, column) : null)];
        }

        public long Number { get; set; }

        public override DataViewSchema Schema => _rows._source.Schema;

        public override long Position => _position;

        public override long Batch => Number;

        public override bool MoveNext()
        {
            if (_rows.Fetch(this))
            {
                _position++;
                return true;
            }

            _position = -1;
            return false;
        }

        public void Read()
        {
            _getId(ref _id);
            foreach (var cell in _cells)
                cell?.Read();
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _cells[column.Index] is not null;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _id;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var cell = _cells[column.Index] ?? throw ColumnFaults.NotActive(column);
            return RowCell.GetterOf<TValue>(column, () => cell);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_disposed)
            {
                _disposed = true;
                _rows.Leave();
            }

            base.Dispose(disposing);
        }
    }
}
