// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>Reads views of a storage into contiguous tensors, and of the storage only what lies between a view's elements.</summary>
/// <remarks>
/// Dimensions are taken in the order of their strides, so that a transposed or channels-last tensor is one run of bytes. Views
/// with gaps are read run by run, through a window where the runs lie close together. Never is more read than a window for each run.
/// </remarks>
/// <param name="stream">Holds the storage.</param>
/// <param name="start">Where the storage begins in it.</param>
internal sealed class StridedReader(Stream stream, long start)
{
    private const int Window = 1 << 16;

    /// <summary>Reads a tensor that has elements, all of them within the storage.</summary>
    public Tensor Read(PyTorchTensor tensor)
    {
        int[] order = [.. Enumerable.Range(0, tensor.Shape.Length).Where(d => tensor.Shape[d] > 1 && tensor.Strides[d] > 0).OrderByDescending(d => tensor.Strides[d])];
        long[] sizes = [.. order.Select(d => tensor.Shape[d])], strides = [.. order.Select(d => tensor.Strides[d])];
        int inner = RunStart(sizes, strides);
        bool overlaps = Overlaps(sizes, strides);
        if ((overlaps && tensor.Span <= Product(sizes)) || (inner > 0 && Product(sizes) * ElementTypes.SizeOf(tensor.Type) > int.MaxValue))
        {
            using var span = ReadRun(tensor, [tensor.Span]);
            using var elements = span.as_strided(tensor.Shape, tensor.Strides);
            return elements.contiguous();
        }

        using var packed = inner == 0
            ? ReadRun(tensor, sizes)
            : ReadRuns(tensor, sizes, strides, inner, areClose: !overlaps && strides[inner - 1] * ElementTypes.SizeOf(tensor.Type) < Window / 4);
        using var view = packed.as_strided(tensor.Shape, PackedStrides(tensor.Shape.Length, order, sizes));
        return view.contiguous();
    }

    private static bool Overlaps(long[] sizes, long[] strides)
    {
        long span = 1;
        for (int d = sizes.Length - 1; d >= 0; d--)
        {
            if (strides[d] < span)
                return true;
            span += (sizes[d] - 1) * strides[d];
        }

        return false;
    }

    /// <summary>The first dimension from which on the elements lie side by side.</summary>
    private static int RunStart(long[] sizes, long[] strides)
    {
        long run = 1;
        int d = sizes.Length;
        for (; d > 0 && strides[d - 1] == run; d--)
            run *= sizes[d - 1];
        return d;
    }

    /// <summary>Strides of the view over elements that were packed in the order of the storage; 0 where they repeat.</summary>
    private static long[] PackedStrides(int dimensions, int[] order, long[] sizes)
    {
        var strides = new long[dimensions];
        long stride = 1;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            strides[order[i]] = stride;
            stride *= sizes[i];
        }

        return strides;
    }

    private static long Product(ReadOnlySpan<long> sizes)
    {
        long product = 1;
        foreach (long size in sizes)
            product *= size;
        return product;
    }

    private Tensor ReadRun(PyTorchTensor tensor, long[] sizes)
    {
        var result = empty(sizes, tensor.Type);
        stream.Seek(start + tensor.ByteOffset, SeekOrigin.Begin);
        TensorBytes.Fill(result, stream);
        return result;
    }

    /// <summary>Reads the dimensions from <paramref name="inner"/> on in one run, at every index of those before.</summary>
    private Tensor ReadRuns(PyTorchTensor tensor, long[] sizes, long[] strides, int inner, bool areClose)
    {
        int elementSize = ElementTypes.SizeOf(tensor.Type);
        int run = (int)Product(sizes.AsSpan(inner)) * elementSize;
        var source = areClose ? new BufferedStream(stream, Window) : stream;       // not disposed: that would close the stream
        var result = empty(sizes, tensor.Type);
        var index = new long[inner];
        for (var rest = result.bytes; rest.Length > 0; rest = rest[run..])
        {
            long element = 0;
            for (int d = 0; d < inner; d++)
                element += index[d] * strides[d];
            source.Seek(start + tensor.ByteOffset + (element * elementSize), SeekOrigin.Begin);
            source.ReadExactly(rest[..run]);
            for (int d = inner - 1; d >= 0 && ++index[d] == sizes[d]; d--)
                index[d] = 0;
        }

        return result;
    }
}
