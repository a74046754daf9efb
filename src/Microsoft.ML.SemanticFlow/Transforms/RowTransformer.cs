// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>Base of this library's transformers: each row by itself, computed when a column of it is read.</summary>
/// <remarks>
/// Nothing runs for a column that nobody asks for. Within one row an input is fetched once, however many columns
/// need it. Rows keep their order. Cursors may run in parallel, each on its own thread.
/// </remarks>
internal abstract class RowTransformer : ITransformer
{
    private readonly string _loaderSignature;

    private protected RowTransformer(IHostEnvironment environment, string loaderSignature)
    {
        ArgumentNullException.ThrowIfNull(environment);
        Host = environment.Register(GetType().Name);
        _loaderSignature = loaderSignature;
    }

    /// <summary>Always true: rows map to rows.</summary>
    public bool IsRowToRowMapper => true;

    private protected IHost Host { get; }

    /// <summary>The columns it reads.</summary>
    internal abstract IReadOnlyList<RowInput> Inputs { get; }

    /// <summary>The columns it adds.</summary>
    internal abstract IReadOnlyList<RowOutput> Outputs { get; }

    /// <summary>How many rows may be computed at once; null leaves it to who reads.</summary>
    internal virtual int? MaxDegreeOfParallelism => null;

    /// <summary>Whether rows are worth computing before they are read, when these of the added columns are asked for.</summary>
    internal virtual bool ReadsAhead(IReadOnlyCollection<string> columns) => false;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new RowMapper(this, inputSchema).OutputSchema;

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new RowMapper(this, inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new RowView(input, new RowMapper(this, input.Schema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => MlNetInternals.Save(ctx, GetType(), _loaderSignature, Write);

    /// <summary>Writes what the type's Read needs.</summary>
    private protected abstract void Write(BinaryWriter writer);

    /// <summary>Refuses a training set that lacks a column, a label's too: known now, and not at the first row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or of another type.</exception>
    internal void CheckTrainingSet(DataViewSchema schema)
    {
        foreach (var wanted in Inputs)
            _ = wanted.Find(schema);
        _ = GetOutputSchema(schema);
    }

    /// <summary>The shape of the output for estimators, before there is data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or of another type.</exception>
    internal SchemaShape GetOutputShape(SchemaShape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (var wanted in Inputs)
        {
            var found = input.Where(column => column.Name == wanted.Name).ToArray();
            if (found.Length == 0)
                throw wanted.Missing(nameof(input));
            if (found[^1] is var column && (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.IsKey || !wanted.Accepts(column.ItemType)))
                throw wanted.Mismatch(nameof(input), column.Kind == SchemaShape.Column.VectorKind.Scalar ? $"{column.ItemType}" : $"{column.Kind} of {column.ItemType}");
        }

        var types = input.ToLookup(column => column.Name, column => column.ItemType);
        var added = Outputs.Select(output => MlNetInternals.ShapeOf(output.Name, output.TypeFrom(types[output.From[0]].Last()))).ToArray();
        return new SchemaShape(input.Where(column => !added.Any(output => output.Name == column.Name)).Concat(added));
    }
}
