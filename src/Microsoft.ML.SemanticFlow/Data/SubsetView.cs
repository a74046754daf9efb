// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>Some rows of a view, chosen by their ids: nothing is read before they are, and nothing of the other rows.</summary>
/// <remarks>
/// The stock filters give a split view one cursor, no row count and no shuffling. A row's id is the same in every cursor of a view,
/// shuffled or split into several, so a set of ids serves all of them.
/// </remarks>
internal sealed class SubsetView(IDataView input, IReadOnlySet<DataViewRowId> rows, long count) : IDataView
{
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => input.Schema;

    public long? GetRowCount() => count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(input.GetRowCursor(columnsNeeded, rand), rows);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. input.GetRowCursorSet(columnsNeeded, n, rand).Select(cursor => new Cursor(cursor, rows))];

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly DataViewRowCursor _input;
        private readonly IReadOnlySet<DataViewRowId> _rows;
        private readonly ValueGetter<DataViewRowId> _getId;
        private long _position = -1;

        public Cursor(DataViewRowCursor input, IReadOnlySet<DataViewRowId> rows) =>
            (_input, _rows, _getId) = (input, rows, input.GetIdGetter());

        public override DataViewSchema Schema => _input.Schema;

        public override long Position => _position;

        public override long Batch => _input.Batch;

        public override bool MoveNext()
        {
            DataViewRowId id = default;
            while (_input.MoveNext())
            {
                _getId(ref id);
                if (!_rows.Contains(id))
                    continue;
                _position++;
                return true;
            }

            _position = -1;
            return false;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _input.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _input.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _input.Dispose();
            base.Dispose(disposing);
        }
    }
}
