// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A column that a <see cref="RowTransformer"/> adds.</summary>
internal abstract class RowOutput(string name, DataViewType type, IReadOnlyList<string> from)
{
    public string Name => name;

    public DataViewType Type => type;

    /// <summary>The input columns it is computed from.</summary>
    public IReadOnlyList<string> From => from;

    /// <summary>The column's annotations, given the schema that the transformer meets.</summary>
    public Func<DataViewSchema, DataViewSchema.Annotations?> Annotations { get; init; } = static _ => null;

    /// <summary>A <see cref="ValueGetter{TValue}"/> over one row.</summary>
    public abstract Delegate CreateGetter(RowValues row);
}

/// <param name="name">The column's name.</param>
/// <param name="type">The column's type, whose raw type is <typeparamref name="T"/>.</param>
/// <param name="from">The input columns it is computed from.</param>
/// <param name="bind">Called once for each cursor; what it returns is called at most once for each row.</param>
internal sealed class RowOutput<T>(string name, DataViewType type, IReadOnlyList<string> from, Func<RowValues, Func<T?>> bind)
    : RowOutput(name, type, from)
    where T : class
{
    public override Delegate CreateGetter(RowValues row) => row.Share(bind(row));
}
