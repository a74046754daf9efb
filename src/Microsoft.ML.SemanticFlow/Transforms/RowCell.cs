// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Transforms;

/// <summary>A row's value of one column, or why there is none: read on one thread, given to another later.</summary>
/// <remarks>
/// A cell has a getter of its own, which by ML.NET's convention disposes the image that it put there for the row before. The last one is left to
/// the finaliser: it may belong to the caller's own list.
/// </remarks>
internal abstract class RowCell
{
    private static readonly MethodInfo _plain = typeof(RowCell).GetMethod(nameof(Plain), BindingFlags.Static | BindingFlags.NonPublic)!;     // below
    private static readonly MethodInfo _vector = typeof(RowCell).GetMethod(nameof(Vector), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>A cell for a column that is active in a row.</summary>
    public static RowCell Of(DataViewRow row, DataViewSchema.Column column)
    {
        var make = column.Type is VectorDataViewType vector ? _vector.MakeGenericMethod(vector.ItemType.RawType) : _plain.MakeGenericMethod(column.Type.RawType);
        return make.CreateDelegate<Func<DataViewRow, DataViewSchema.Column, RowCell>>()(row, column);
    }

    /// <summary>Takes the value that the row has now; an exception is kept for who asks for the value.</summary>
    public abstract void Read();

    /// <summary>A getter of the value of whichever cell is the current one.</summary>
    /// <param name="column">The cells' column.</param>
    /// <param name="current">Gives the current cell.</param>
    public static ValueGetter<T> GetterOf<T>(DataViewSchema.Column column, Func<RowCell> current)
    {
        if (column.Type.RawType != typeof(T))
            throw ColumnFaults.OtherType<T>(column);
        // The reader of an image owns it, and may dispose it.
        return typeof(T) == typeof(MLImage)
            ? (ValueGetter<T>)(object)RowValues.Own(RowValues.CopyOf(() => ((RowCell<MLImage>)current()).Value))
            : (ref T value) => ((RowCell<T>)current()).Give(ref value);
    }

    private static RowCell<T> Plain<T>(DataViewRow row, DataViewSchema.Column column) => typeof(T) == typeof(MLImage) && !RowView.MakesImages(row, column)
        ? new RowCell<T>((ValueGetter<T>)(object)CopiesOf(row.GetGetter<MLImage>(column)))
        : new RowCell<T>(row.GetGetter<T>(column));

    // A foreign getter may keep the image that it gave and dispose it when another cell asks: ResizeImages does with one that has the size already.
    // This library's transforms give each cell an image of its own, and our readers of folders need no cells below those: nothing is copied there.
    private static ValueGetter<MLImage> CopiesOf(ValueGetter<MLImage> getter)
    {
        MLImage image = null!; // a getter fills it
        return RowValues.Own(RowValues.CopyOf(() =>
        {
            getter(ref image);
            return image;
        }));
    }

    private static VectorCell<T> Vector<T>(DataViewRow row, DataViewSchema.Column column) => new VectorCell<T>(row.GetGetter<VBuffer<T>>(column));

    private sealed class VectorCell<T>(ValueGetter<VBuffer<T>> getter) : RowCell<VBuffer<T>>(getter)
    {
        // A reader may change its buffer in place, and read again.
        public override void Give(ref VBuffer<T> destination) => Value.CopyTo(ref destination);
    }
}

/// <inheritdoc/>
internal class RowCell<T>(ValueGetter<T> getter) : RowCell
{
    private T _value = default!;                    // filled before it is given
    private ExceptionDispatchInfo? _fault;

    /// <exception cref="Exception">What reading it threw.</exception>
    public T Value
    {
        get
        {
            _fault?.Throw();
            return _value;
        }
    }

    public override void Read()
    {
        _fault = null;
        try
        {
            getter(ref _value);
        }
        catch (Exception e)
        {
            _fault = ExceptionDispatchInfo.Capture(e);
        }
    }

    public virtual void Give(ref T destination) => destination = Value;
}
