// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>A list of samples as text columns: ImagePath and, when there are labels, LabelPath; in a set of several sources, Source.</summary>
/// <remarks>ML.NET's view over a list gives one cursor, whatever number is asked for; this one lets images decode and score in parallel.</remarks>
internal sealed class SampleView : IDataView
{
    public const string ImagePath = "ImagePath";
    public const string LabelPath = "LabelPath";
    public const string Source = "Source";

    private readonly IReadOnlyList<SegmentationSample> _samples;

    /// <param name="samples">The rows.</param>
    /// <param name="labels">What the ids in the label files mean; null when unknown.</param>
    /// <param name="ids">Which ids they hold; null when unknown.</param>
    public SampleView(IReadOnlyList<SegmentationSample> samples, LabelMap? labels, MaskIds? ids)
    {
        _samples = samples;
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(ImagePath, TextDataViewType.Instance);
        if (samples.All(sample => sample.LabelPath is not null))
            schema.AddColumn(LabelPath, TextDataViewType.Instance, MaskAnnotations.Of(labels, ids, PartsOf(samples)));
        if (samples.Any(sample => sample.Source is not null))
            schema.AddColumn(Source, TextDataViewType.Instance);
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _samples.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        GetRowCursorSet(columnsNeeded, 1, rand)[0];

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = new bool[Schema.Count];
        foreach (var column in columnsNeeded)
            active[column.Index] = true;

        int[] order = [.. Enumerable.Range(0, _samples.Count)];
        rand?.Shuffle(order);
        n = Math.Clamp(n, 1, Math.Max(1, _samples.Count));
        return [.. Enumerable.Range(0, n).Select(first => new Cursor(this, active, order, first, n))];
    }

    private static LabelPart[] PartsOf(IEnumerable<SegmentationSample> samples) => [.. samples.Select(sample => sample.Part).OfType<LabelPart>().Distinct()];

    /// <summary>Every <paramref name="step"/>th row of an order; each row is a batch, so that readers can restore the order.</summary>
    private sealed class Cursor(SampleView view, bool[] active, int[] order, int first, int step) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => first + _position * step;

        private int Row => order[Batch];

        public override bool MoveNext()
        {
            if (first + (_position + 1) * step >= order.Length)
            {
                _position = -1;
                order = [];
                return false;
            }

            _position++;
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!active[column.Index])
                throw ColumnFaults.NotActive(column);
            Func<SegmentationSample, string?> text = column.Name switch
            {
                ImagePath => static sample => sample.ImagePath,
                LabelPath => static sample => sample.LabelPath,
                _ => static sample => sample.Source,
            };
            ValueGetter<ReadOnlyMemory<char>> getter = (ref ReadOnlyMemory<char> value) => value = text(view._samples[Row]).AsMemory();
            return getter as ValueGetter<TValue>
                ?? throw ColumnFaults.OtherType<TValue>(column);
        }
    }
}
