// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>The texts of a row, kept when its cursor has moved on: paths, from which another thread makes images and masks.</summary>
internal sealed class DetachedRow : DataViewRow
{
    private readonly DataViewRowId _id;
    private readonly string?[] _texts;

    private DetachedRow(DataViewRow row, DataViewRowId id, string?[] texts) =>
        (Schema, Position, Batch, _id, _texts) = (row.Schema, row.Position, row.Batch, id, texts);

    public override DataViewSchema Schema { get; }

    public override long Position { get; }

    public override long Batch { get; }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref id) => id = _id;

    public override bool IsColumnActive(DataViewSchema.Column column) => _texts[column.Index] is not null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        (ValueGetter<TValue>)(object)(ValueGetter<ReadOnlyMemory<char>>)((ref value) => value = _texts[column.Index].AsMemory());

    /// <summary>How columns of a view are made from texts alone.</summary>
    /// <param name="View">The view that holds the texts.</param>
    /// <param name="Texts">Its columns that are needed.</param>
    /// <param name="Mappers">This library's transforms on top of it, the innermost first, each with the columns that are wanted of it.</param>
    internal sealed record Source(IDataView View, IReadOnlyList<DataViewSchema.Column> Texts, IReadOnlyList<(RowMapper Mapper, bool[] Active)> Mappers)
    {
        /// <summary>Looks below this library's transforms; null where the columns come from more than texts.</summary>
        public static Source? Find(IDataView data, IReadOnlyList<DataViewSchema.Column> columns)
        {
            var mappers = new Stack<(RowMapper, bool[])>();
            var needed = columns;
            for (; data is RowView mapped; data = mapped.Input)
            {
                mappers.Push((mapped.Mapper, mapped.Mapper.IsActive(needed)));
                needed = [.. mapped.Mapper.GetDependencies(needed)];
            }

            return needed.All(column => column.Type is TextDataViewType) ? new Source(data, needed, [.. mappers]) : null;
        }

        /// <summary>A function that gives the row at which the cursor stands.</summary>
        public Func<DetachedRow> Reader(DataViewRowCursor cursor)
        {
            var getId = cursor.GetIdGetter();
            var getters = Texts.Select(column => cursor.GetGetter<ReadOnlyMemory<char>>(column)).ToArray();
            return () =>
            {
                DataViewRowId id = default;
                getId(ref id);
                var texts = new string?[View.Schema.Count];
                for (int i = 0; i < getters.Length; i++)
                {
                    ReadOnlyMemory<char> text = default;
                    getters[i](ref text);
                    texts[Texts[i].Index] = text.ToString();
                }

                return new DetachedRow(cursor, id, texts);
            };
        }

        /// <summary>The row with the columns that the transforms add; each is made when it is read.</summary>
        public DataViewRow Complete(DetachedRow row) =>
            Mappers.Aggregate<(RowMapper Mapper, bool[] Active), DataViewRow>(row, (completed, next) => next.Mapper.CreateRow(completed, next.Active));
    }
}
