// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A row with the columns of a <see cref="RowMapper"/> added.</summary>
internal sealed class MappedRow(RowMapper mapper, DataViewRow input, bool[] active, RowContext context) : DataViewRow
{
    private readonly Delegate?[] _getters = mapper.CreateGetters(input, active, context);

    public override DataViewSchema Schema => mapper.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => active[Checked(column).Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!active[Checked(column).Index])
            throw ColumnFaults.NotActive(column);
        return _getters[column.Index] switch
        {
            null => input.GetGetter<TValue>(input.Schema[column.Index]),
            ValueGetter<TValue> getter => getter,
            Func<MLImage?> make when typeof(TValue) == typeof(MLImage) => (ValueGetter<TValue>)(object)RowValues.Own(make),
            _ => throw ColumnFaults.OtherType<TValue>(column),
        };
    }

    /// <summary>Whether each getter of an image column gives images of its own.</summary>
    public bool MakesImages(DataViewSchema.Column column) =>
        _getters[column.Index] is Func<MLImage?> || _getters[column.Index] is null && RowView.MakesImages(input, input.Schema[column.Index]);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }

    private DataViewSchema.Column Checked(DataViewSchema.Column column) =>
        column.Index < active.Length && Schema[column.Index].Name == column.Name
            ? column
            : throw new ArgumentException($"Column '{column.Name}' (index {column.Index}) is not one of this row's.", nameof(column));
}
