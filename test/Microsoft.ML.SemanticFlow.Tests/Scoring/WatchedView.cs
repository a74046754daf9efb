// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>Counts the cursors that are not disposed.</summary>
internal sealed class WatchedView(IDataView input) : IDataView
{
    private int _open;

    public int Open => _open;

    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => input.Schema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Watched(this, input.GetRowCursor(columnsNeeded, rand));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. input.GetRowCursorSet(columnsNeeded, n, rand).Select(cursor => new Watched(this, cursor))];

    private sealed class Watched : DataViewRowCursor
    {
        private readonly WatchedView _view;
        private readonly DataViewRowCursor _cursor;

        public Watched(WatchedView view, DataViewRowCursor cursor)
        {
            (_view, _cursor) = (view, cursor);
            Interlocked.Increment(ref view._open);
        }

        public override DataViewSchema Schema => _cursor.Schema;

        public override long Position => _cursor.Position;

        public override long Batch => _cursor.Batch;

        public override bool MoveNext() => _cursor.MoveNext();

        public override bool IsColumnActive(DataViewSchema.Column column) => _cursor.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => _cursor.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _cursor.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Interlocked.Decrement(ref _view._open);
                _cursor.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
