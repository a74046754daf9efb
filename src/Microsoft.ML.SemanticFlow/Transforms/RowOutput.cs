// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A column that a <see cref="RowTransformer"/> adds.</summary>
internal abstract class RowOutput(string name, DataViewType type, IReadOnlyList<string> from)
{
    public string Name => name;

    /// <summary>The column's type, given that of the first column it is computed from.</summary>
    public virtual DataViewType TypeFrom(DataViewType source) => type;

    /// <summary>The input columns it is computed from.</summary>
    public IReadOnlyList<string> From => from;

    /// <summary>The column's annotations, given the schema that the transformer meets.</summary>
    public Func<DataViewSchema, DataViewSchema.Annotations?> Annotations { get; init; } = static _ => null;

    /// <summary>A <see cref="ValueGetter{TValue}"/> over one row; of images, what <see cref="RowValues.Share"/> gives.</summary>
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

/// <param name="name">The column's name.</param>
/// <param name="dimensions">The lengths of a row's vector, given the type of the first column in <paramref name="from"/>; none when every row may have its own.</param>
/// <param name="from">The input columns it is computed from.</param>
/// <param name="bind">Called once for each cursor; what it returns may be called several times a row, and gives no values where there are none.</param>
internal sealed class RowNumbers(string name, Func<DataViewType, int[]> dimensions, IReadOnlyList<string> from, Func<RowValues, Func<ReadOnlyMemory<float>>> bind)
    : RowOutput(name, new VectorDataViewType(NumberDataViewType.Single), from)
{
    public override DataViewType TypeFrom(DataViewType source) =>
        dimensions(source) is { Length: > 0 } known ? new VectorDataViewType(NumberDataViewType.Single, known) : base.TypeFrom(source);

    public override Delegate CreateGetter(RowValues row)
    {
        var compute = bind(row);
        int size = ((VectorDataViewType)TypeFrom(row.Row.Schema[From[0]].Type)).Size;
        void Getter(ref VBuffer<float> destination)
        {
            var values = compute().Span;
            if (size > 0 && values.Length != size && !values.IsEmpty)
                throw new InvalidDataException(
                    $"Column '{Name}' holds {size} numbers a row by the size that the schema gives the images in '{From[0]}', but this row's image needs {values.Length}. " +
                    "Resize the images, or load them without a size.");
            var editor = VBufferEditor.Create(ref destination, Math.Max(size, values.Length));
            if (values.IsEmpty)
                editor.Values.Fill(float.NaN);
            else
                values.CopyTo(editor.Values);
            destination = editor.Commit();
        }

        return (ValueGetter<VBuffer<float>>)Getter;
    }
}
