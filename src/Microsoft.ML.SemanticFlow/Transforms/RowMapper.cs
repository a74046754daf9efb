// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A <see cref="RowTransformer"/> bound to a schema.</summary>
internal sealed class RowMapper : IRowToRowMapper
{
    private readonly RowTransformer _transformer;
    private readonly RowOutput[] _outputs;
    private readonly int[][] _from;

    public RowMapper(RowTransformer transformer, DataViewSchema input)
    {
        ArgumentNullException.ThrowIfNull(input, "inputSchema");
        (_transformer, InputSchema) = (transformer, input);
        var absent = transformer.Inputs.Where(wanted => wanted.IsLabel && input.GetColumnOrNull(wanted.Name) is null).ToArray();
        foreach (var wanted in transformer.Inputs.Except(absent))
            _ = wanted.Find(input);

        _outputs = [.. transformer.Outputs.Where(output => !absent.Any(label => output.From.Contains(label.Name)))];
        _from = [.. _outputs.Select(output => output.From.Select(name => input[name].Index).ToArray())];
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        foreach (var output in _outputs)
            schema.AddColumn(output.Name, output.TypeFrom(input[output.From[0]].Type), output.Annotations(input)); // hides an earlier column of that name
        OutputSchema = schema.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new bool[InputSchema.Count];
        foreach (var column in dependingColumns)
        {
            if (column.Index < needed.Length)
            {
                needed[column.Index] = true;
                continue;
            }

            foreach (int index in _from[column.Index - needed.Length])
                needed[index] = true;
        }

        return InputSchema.Where(column => needed[column.Index]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => CreateRow(input, IsActive(activeColumns));

    public MappedRow CreateRow(DataViewRow input, bool[] active, RowContext context = default) => new(this, input, active, context);

    /// <summary>One flag a column of <see cref="OutputSchema"/>.</summary>
    public bool[] IsActive(IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[OutputSchema.Count];
        foreach (var column in columns)
            active[column.Index] = true;
        return active;
    }

    /// <summary>How many rows to compute at once, ahead of the reader; 1 computes a row when it is read.</summary>
    public int RowsAhead(bool[] active) => _transformer.ReadsAhead([.. Added(active)]) ? _transformer.MaxDegreeOfParallelism ?? Environment.ProcessorCount : 1;

    /// <summary>How many of the cursors that are asked for to give.</summary>
    public int CursorsOf(int asked, bool[] active) => Added(active).Any() ? Math.Min(asked, _transformer.MaxDegreeOfParallelism ?? asked) : asked;

    private IEnumerable<string> Added(bool[] active) => _outputs.Where((_, i) => active[InputSchema.Count + i]).Select(output => output.Name);

    /// <summary>Getters of the active columns that this mapper has a hand in; null for those that pass through.</summary>
    public Delegate?[] CreateGetters(DataViewRow input, bool[] active, RowContext context)
    {
        var getters = new Delegate?[active.Length];
        var row = new RowValues(input, context);
        for (int i = 0; i < _outputs.Length; i++)
        {
            int index = InputSchema.Count + i;
            if (!active[index])
                continue;
            getters[index] = _outputs[i].CreateGetter(row);
            foreach (int from in _from[i])
            {
                if (active[from])
                    getters[from] ??= row.PassOn(InputSchema[from]);
            }
        }

        return getters;
    }
}
