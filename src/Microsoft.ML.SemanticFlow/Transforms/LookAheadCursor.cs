// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>Reads the next rows of several cursors on threads of their own, and gives them in the order of the input.</summary>
/// <remarks>
/// Every column that was asked for is computed on a thread of its cursor's, whether or not it will be read. A cursor is at most
/// <see cref="RowsEach"/> rows ahead, however slow the reader. What a row's columns throw, their getters throw at that row. The threads begin
/// with the first row and end with the last one, or when this is disposed.
/// </remarks>
internal sealed class LookAheadCursor : DataViewRowCursor
{
    /// <summary>Rows that a cursor holds: one being computed, and one that is ready or being read.</summary>
    public const int RowsEach = 2;

    private readonly object _gate = new();          // guards what follows, down to the readers' queues
    private readonly Reader[] _readers;
    private readonly bool[] _active;
    private readonly bool _isDense;
    private readonly CancellationTokenSource _stop;
    private Task[] _threads = [];
    private Row? _current;
    private long _expected;
    private long _position = -1;

    /// <param name="cursors">Share the rows among themselves, each in ascending batches; disposed with this.</param>
    /// <param name="active">One flag a column.</param>
    /// <param name="isDense">Whether rows are numbered from 0 by their batches, so that the next one is known without waiting for all cursors.</param>
    /// <param name="stop">Ends the work on rows; cancelled and disposed with this.</param>
    public LookAheadCursor(DataViewRowCursor[] cursors, bool[] active, bool isDense, CancellationTokenSource stop)
    {
        (_active, _isDense, _stop) = (active, isDense, stop);
        _readers = [.. cursors.Select(cursor => new Reader(cursor))];
        foreach (var reader in _readers)
        {
            for (int i = 0; i < RowsEach; i++)
                reader.Free.Enqueue(new Row(reader, active));
        }
    }

    public override DataViewSchema Schema => _readers[0].Cursor.Schema;

    public override long Position => _position;

    public override long Batch => _current?.Batch ?? -1;

    private Row Current => _current ?? throw new InvalidOperationException("The cursor stands on no row. Call MoveNext first, and read while it returns true.");

    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        if (_threads.Length == 0)
            _threads = [.. _readers.Select(reader => Task.Factory.StartNew(() => Read(reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        lock (_gate)
        {
            if (_current is { } before)
            {
                before.Reader.Free.Enqueue(before);
                Monitor.PulseAll(_gate);
            }

            while ((_current = Next()) is null)
            {
                if (Array.TrueForAll(_readers, reader => reader.HasEnded && reader.Ahead.Count == 0))
                {
                    _position = -1;
                    return false;
                }

                Monitor.Wait(_gate);
            }

            _current.Reader.Ahead.Dequeue();
            while (!_current.IsReady)
                Monitor.Wait(_gate);
        }

        _expected = _current.Batch + 1;
        _current.Fault?.Throw();
        _position++;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = Current.Id;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active[column.Index])
            throw ColumnFaults.NotActive(column);
        return RowCell.GetterOf<TValue>(Schema[column.Index], () => Current.Cells[column.Index]!); // active columns have cells
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_stop.IsCancellationRequested)
        {
            _stop.Cancel();
            lock (_gate)
                Monitor.PulseAll(_gate);
            Task.WaitAll(_threads);
            _current = null;
            foreach (var reader in _readers)
                reader.Cursor.Dispose();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    // The row with the lowest batch: known when each cursor that goes on has shown its next.
    private Row? Next()
    {
        Row? lowest = null;
        bool isKnown = true;
        foreach (var reader in _readers)
        {
            if (!reader.Ahead.TryPeek(out var head))
                isKnown &= reader.HasEnded;
            else if (_isDense && head.Batch == _expected)
                return head;
            else if (lowest is null || head.Batch < lowest.Batch)
                lowest = head;
        }

        return isKnown ? lowest : null;
    }

    private void Read(Reader reader)
    {
        while (Take(reader) is { } row)
        {
            bool moved = row.MoveNext();
            lock (_gate)
            {
                // Shown before its columns are computed, so that its place among the others' rows is known.
                if (moved || row.Fault is not null)
                    reader.Ahead.Enqueue(row);
                reader.HasEnded = !moved;
                row.IsReady = !moved;
                Monitor.PulseAll(_gate);
            }

            if (!moved)
                return;
            row.ReadCells();
            lock (_gate)
            {
                row.IsReady = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <returns>Null when reading is to stop.</returns>
    private Row? Take(Reader reader)
    {
        lock (_gate)
        {
            while (!_stop.IsCancellationRequested)
            {
                if (reader.Free.TryDequeue(out var row))
                    return row;
                Monitor.Wait(_gate);
            }

            return null;
        }
    }

    /// <summary>A cursor and its rows: each is in one of the queues, or being computed or read.</summary>
    private sealed class Reader(DataViewRowCursor cursor)
    {
        public DataViewRowCursor Cursor => cursor;

        public Queue<Row> Free { get; } = [];

        public Queue<Row> Ahead { get; } = [];

        public bool HasEnded { get; set; }
    }

    private sealed class Row(Reader reader, bool[] active)
    {
        private readonly ValueGetter<DataViewRowId> _getId = reader.Cursor.GetIdGetter();
        private DataViewRowId _id;

        public Reader Reader => reader;

        public RowCell?[] Cells { get; } = [.. reader.Cursor.Schema.Select(column => active[column.Index] ? RowCell.Of(reader.Cursor, column) : null)];

        public long Batch { get; private set; }

        public DataViewRowId Id => _id;

        /// <summary>Why the cursor could not move to the row.</summary>
        public ExceptionDispatchInfo? Fault { get; private set; }

        /// <summary>Whether the row's columns are computed, or it has none.</summary>
        public bool IsReady { get; set; }

        public bool MoveNext()
        {
            Debug.Assert(Fault is null);
            try
            {
                if (!reader.Cursor.MoveNext())
                    return false;
                _getId(ref _id);
                return true;
            }
            catch (Exception e)
            {
                Fault = ExceptionDispatchInfo.Capture(e);
                return false;
            }
            finally
            {
                Batch = reader.Cursor.Batch;
            }
        }

        public void ReadCells()
        {
            foreach (var cell in Cells)
                cell?.Read();
        }
    }
}
