// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>A storage that a pickle refers to: elements in a row, kept outside the pickle.</summary>
/// <param name="Key">Its name among the storages of the file.</param>
/// <param name="Type">Type of the elements; <see cref="ScalarType.Byte"/> for an untyped one.</param>
/// <param name="Count">Elements that are kept under <paramref name="Key"/>.</param>
/// <param name="Start">Elements before those that tensors see.</param>
/// <param name="Length">Elements that tensors see.</param>
internal sealed record PyTorchStorage(string Key, ScalarType Type, long Count, long Start, long Length)
{
    public long Bytes => Count * ElementTypes.SizeOf(Type);
}

/// <summary>A tensor that a pickle describes: a view of a storage.</summary>
/// <param name="Storage">Where its elements are.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Offset">Elements of the storage before the first.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Strides">Elements from one index to the next, by dimension.</param>
internal sealed record PyTorchTensor(PyTorchStorage Storage, ScalarType Type, long Offset, long[] Shape, long[] Strides)
{
    // A tensor that repeats elements of its storage (a stride of 0) can be larger than its file. Above this size, it may not.
    private const long LargestRepeated = 64 << 20;

    private int ElementSize => ElementTypes.SizeOf(Type);

    /// <summary>Where the tensor's first element lies in the storage's bytes.</summary>
    public long ByteOffset => (Storage.Start * ElementTypes.SizeOf(Storage.Type)) + (Offset * ElementSize);

    /// <summary>Elements from the first to the last in the storage; 0 for an empty tensor.</summary>
    public long Span => Shape.Contains(0) ? 0 : 1 + Shape.Zip(Strides, (size, stride) => (size - 1) * stride).Sum();

    /// <summary>What is wrong with the tensor; null when it lies within its storage. Only then may the other members be asked.</summary>
    public string? FindFault()
    {
        if (Shape.Length != Strides.Length || Shape.Length > TensorFile.MostDimensions)
            return $"has {Shape.Length} sizes and {Strides.Length} strides";
        if (Offset < 0 || Shape.Any(size => size < 0) || Strides.Any(stride => stride < 0))
            return $"has {Describe()}";

        // Factors are below 2^63 and every step is checked, so that nothing leaves the range of Int128.
        Int128 count = 1, last = Offset;
        foreach (var (size, stride) in Shape.Zip(Strides))
        {
            count *= Math.Max(size, 1);
            last += (Int128)Math.Max(size - 1, 0) * stride;
            if (count > long.MaxValue / ElementSize || last > long.MaxValue / ElementSize)
                return $"has {Describe()}, beyond any storage";
        }

        long available = Storage.Length * ElementTypes.SizeOf(Storage.Type) / ElementSize;
        if (Shape.Contains(0))
            return null;
        if (last >= available)
            return $"has {Describe()}, beyond the {available} elements of its storage";
        return count > Math.Max(available, LargestRepeated / ElementSize) ? $"has {Describe()}, {count} elements made of {available}" : null;
    }

    private string Describe() => $"shape [{string.Join(", ", Shape)}], strides [{string.Join(", ", Strides)}] and offset {Offset}";
}
