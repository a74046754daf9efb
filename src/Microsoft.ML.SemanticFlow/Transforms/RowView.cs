// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A data view with the columns of a <see cref="RowMapper"/> added; nothing is computed before it is read.</summary>
internal sealed class RowView(IDataView input, RowMapper mapper) : IDataView
{
    /// <summary>The view below.</summary>
    public IDataView Input => input;

    public RowMapper Mapper => mapper;

    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var needed = columnsNeeded.ToArray();
        return new Cursor(input.GetRowCursor(mapper.GetDependencies(needed), rand), mapper, mapper.IsActive(needed));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var needed = columnsNeeded.ToArray();
        var active = mapper.IsActive(needed);
        return [.. input.GetRowCursorSet(mapper.GetDependencies(needed), n, rand).Select(cursor => new Cursor(cursor, mapper, active))];
    }

    private sealed class Cursor(DataViewRowCursor input, RowMapper mapper, bool[] active) : DataViewRowCursor
    {
        private readonly MappedRow _row = mapper.CreateRow(input, active);

        public override DataViewSchema Schema => _row.Schema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool MoveNext() => input.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _row.Dispose();
            base.Dispose(disposing);
        }
    }
}
