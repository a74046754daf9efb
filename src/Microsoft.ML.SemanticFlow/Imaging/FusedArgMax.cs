// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Logits [K, h, w] to class ids [H, W]: bilinear enlargement (corners aligned) and argmax in one pass.</summary>
/// <remarks>
/// <para>Taking the argmax first and enlarging it is wrong for some pixels in a hundred; enlarging K planes first costs K times the
/// memory traffic. Here no more than three rows of K planes are alive, in one of three ways by shape.</para>
/// <para><b>Same size</b>: the argmax alone.</para>
/// <para><b>Dense</b>, for small factors: each low row is stretched to the new width once; each new row interpolates between two of them
/// and compares.</para>
/// <para><b>Envelope</b>, for large factors: each new row is interpolated at the w low columns only. Between two neighbouring columns
/// every class is a straight line, so a class that is largest at both is largest between them, and elsewhere only classes that rise
/// above the lower bound given by the two winners are worth comparing.</para>
/// </remarks>
internal static unsafe class FusedArgMax
{
    // Below this enlargement of the width most pixels lie in cells that need comparing, and dense is faster.
    private const int EnvelopeFactor = 8;

    /// <summary>Writes the first class with the largest value at each pixel.</summary>
    /// <param name="logits">Scores, [K, h, w], K from 1 to 255.</param>
    /// <param name="classes">K.</param>
    /// <param name="height">h.</param>
    /// <param name="width">w.</param>
    /// <param name="ids">Takes H W ids.</param>
    /// <param name="newHeight">H.</param>
    /// <param name="newWidth">W.</param>
    public static void Compute(ReadOnlySpan<float> logits, int classes, int height, int width, Span<byte> ids, int newHeight, int newWidth)
    {
        Debug.Assert(classes is >= 1 and <= 255 && height > 0 && width > 0 && newHeight > 0 && newWidth > 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, checked(classes * height * width));
        ArgumentOutOfRangeException.ThrowIfNotEqual(ids.Length, checked(newHeight * newWidth));
        if ((height, width) == (newHeight, newWidth))
        {
            fixed (float* planes = logits)
            fixed (byte* largest = ids)
                Largest(planes, ids.Length, classes, ids.Length, largest);
        }
        else if (newWidth >= EnvelopeFactor * (long)width)
        {
            Envelope(logits, classes, height, width, ids, newHeight, newWidth);
        }
        else
        {
            Dense(logits, classes, height, width, ids, newHeight, newWidth);
        }
    }

    internal static void Dense(ReadOnlySpan<float> logits, int classes, int height, int width, Span<byte> ids, int newHeight, int newWidth)
    {
        int stride = Padded(newWidth);
        int rowLength = (classes * stride) + Vector<float>.Count;   // stretching may write a vector past the last class
        float[] rows = ArrayPool<float>.Shared.Rent((3 * rowLength) + stride + Vector<float>.Count);
        byte[] result = ArrayPool<byte>.Shared.Rent(stride);
        int[] starts = ArrayPool<int>.Shared.Rent(width + 1);
        rows.AsSpan().Clear();                                      // padding is compared too, and old bits may be slow denormals
        fixed (float* low = logits, scratch = rows)
        fixed (byte* line = result)
        fixed (int* start = starts)
        {
            float* upper = scratch, lower = scratch + rowLength, difference = scratch + (2 * rowLength), fractions = scratch + (3 * rowLength);
            Columns(width, newWidth, start, fractions);
            int current = -1;
            for (int y = 0; y < newHeight; y++)
            {
                var (row, fraction) = Position(y, height, newHeight);
                if (row != current)
                {
                    if (current >= 0 && row == current + 1)
                    {
                        float* next = lower;
                        lower = upper;
                        upper = next;
                    }
                    else
                    {
                        Stretch(low + ((nint)row * width), height * width, classes, width, start, fractions, upper, stride);
                    }

                    Stretch(low + ((nint)Math.Min(row + 1, height - 1) * width), height * width, classes, width, start, fractions, lower, stride);
                    for (int i = 0; i < rowLength; i += Vector<float>.Count)
                        Vector.Store(Vector.Load(lower + i) - Vector.Load(upper + i), difference + i);
                    current = row;
                }

                LargestBetween(upper, difference, fraction, stride, classes, line);
                result.AsSpan(0, newWidth).CopyTo(ids[(y * newWidth)..]);
            }
        }

        ArrayPool<float>.Shared.Return(rows);
        ArrayPool<byte>.Shared.Return(result);
        ArrayPool<int>.Shared.Return(starts);
    }

    internal static void Envelope(ReadOnlySpan<float> logits, int classes, int height, int width, Span<byte> ids, int newHeight, int newWidth)
    {
        int stride = Padded(width);
        float[] rows = ArrayPool<float>.Shared.Rent((classes * stride) + newWidth + Vector<byte>.Count);
        byte[] result = ArrayPool<byte>.Shared.Rent(stride);
        int[] starts = ArrayPool<int>.Shared.Rent(width + 1);
        byte* candidates = stackalloc byte[256];
        rows.AsSpan().Clear();
        fixed (float* low = logits, scratch = rows)
        fixed (byte* nodes = result, output = ids)
        fixed (int* start = starts)
        {
            float* fractions = scratch + (classes * stride);
            Columns(width, newWidth, start, fractions);
            for (int y = 0; y < newHeight; y++)
            {
                var (row, fraction) = Position(y, height, newHeight);
                Blend(low + ((nint)row * width), low + ((nint)Math.Min(row + 1, height - 1) * width), fraction, height * width, classes, width, scratch, stride);
                Largest(scratch, stride, classes, stride, nodes);

                byte* line = output + ((nint)y * newWidth);
                for (int cell = 0; cell < Math.Max(width - 1, 1);)
                {
                    int first = cell;
                    while (cell < width - 1 && nodes[cell + 1] == nodes[first])
                        cell++;
                    if (cell > first || width == 1)
                    {
                        int end = cell >= width - 1 ? newWidth : start[cell];
                        new Span<byte>(line + start[first], end - start[first]).Fill(nodes[first]);
                        cell = width == 1 ? 1 : cell;
                        continue;
                    }

                    Cell(scratch + cell, stride, classes, nodes[cell], nodes[cell + 1], candidates, fractions + start[cell], line + start[cell], start[cell + 1] - start[cell]);
                    cell++;
                }
            }
        }

        ArrayPool<float>.Shared.Return(rows);
        ArrayPool<byte>.Shared.Return(result);
        ArrayPool<int>.Shared.Return(starts);
    }

    // Both ends of a cell have another winner: compares the lines that can be the largest somewhere inside.
    private static void Cell(float* left, int stride, int classes, int winner, int nextWinner, byte* candidates, float* fractions, byte* ids, int count)
    {
        float bound = MathF.Max(
            MathF.Min(left[winner * stride], left[(winner * stride) + 1]),
            MathF.Min(left[nextWinner * stride], left[(nextWinner * stride) + 1]));
        int kept = 0;
        for (int id = 0; id < classes; id++)
        {
            // Written so that a value that is not a number keeps its class.
            if (!(left[id * stride] < bound && left[(id * stride) + 1] < bound))
                candidates[kept++] = (byte)id;
        }

        for (int x = 0; x < count; x++)
        {
            float largest = float.NegativeInfinity;
            byte best = candidates[0];
            for (int i = 0; i < kept; i++)
            {
                float* line = left + (candidates[i] * stride);
                float value = line[0] + ((line[1] - line[0]) * fractions[x]);
                if (value > largest)
                    (largest, best) = (value, candidates[i]);
            }

            ids[x] = best;
        }
    }

    // start[i]: the first new column that lies at or past low column i; start[w - 1] and start[w] are the new width.
    internal static void Columns(int width, int newWidth, int* start, float* fractions)
    {
        int next = 0;
        for (int x = 0; x < newWidth; x++)
        {
            (int column, fractions[x]) = Position(x, width, newWidth);
            while (next <= column)
                start[next++] = x;
        }

        while (next <= width)
            start[next++] = newWidth;
    }

    // The low cell of a new position and how far into it, by integers: no rounding moves a sample into the next cell.
    internal static (int Index, float Fraction) Position(int position, int length, int newLength)
    {
        if (length == 1 || newLength == 1)
            return (0, 0);
        var (index, rest) = Math.DivRem((long)position * (length - 1), newLength - 1);
        return index < length - 1 ? ((int)index, (float)((double)rest / (newLength - 1))) : (length - 2, 1);
    }

    internal static void Stretch(float* source, int plane, int classes, int width, int* start, float* fractions, float* target, int stride)
    {
        for (int id = 0; id < classes; id++)
        {
            // A vector may run past its cell (and past the row, into the padding or the next class): the next cell overwrites it.
            for (int cell = 0; cell < Math.Max(width - 1, 1); cell++)
            {
                float left = source[cell];
                var from = new Vector<float>(left);
                var slope = new Vector<float>(width == 1 ? 0 : source[cell + 1] - left);
                for (int x = start[cell]; x < start[cell + 1]; x += Vector<float>.Count)
                    Vector.Store(Vector.MultiplyAddEstimate(slope, Vector.Load(fractions + x), from), target + x);
            }

            source += plane;
            target += stride;
        }
    }

    private static void Blend(float* upper, float* lower, float fraction, int plane, int classes, int width, float* target, int stride)
    {
        var weight = new Vector<float>(fraction);
        for (int id = 0; id < classes; id++)
        {
            int x = 0;
            for (; x <= width - Vector<float>.Count; x += Vector<float>.Count)
            {
                var from = Vector.Load(upper + x);
                Vector.Store(Vector.MultiplyAddEstimate(Vector.Load(lower + x) - from, weight, from), target + x);
            }

            for (; x < width; x++)
                target[x] = float.MultiplyAddEstimate(lower[x] - upper[x], fraction, upper[x]);
            upper += plane;
            lower += plane;
            target += stride;
        }
    }

    // Argmax over planes; four vectors at a time fill one vector of bytes and keep the comparisons independent.
    private static void Largest(float* planes, nint stride, int classes, int count, byte* ids)
    {
        int lanes = Vector<float>.Count;
        int x = 0;
        for (; x <= count - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            float* plane = planes + x;
            Vector<float> v0 = Vector.Load(plane), v1 = Vector.Load(plane + lanes), v2 = Vector.Load(plane + (2 * lanes)), v3 = Vector.Load(plane + (3 * lanes));
            Vector<int> i0 = default, i1 = default, i2 = default, i3 = default;
            for (int id = 1; id < classes; id++)
            {
                plane += stride;
                var index = new Vector<int>(id);
                Keep(Vector.Load(plane), index, ref v0, ref i0);
                Keep(Vector.Load(plane + lanes), index, ref v1, ref i1);
                Keep(Vector.Load(plane + (2 * lanes)), index, ref v2, ref i2);
                Keep(Vector.Load(plane + (3 * lanes)), index, ref v3, ref i3);
            }

            Vector.Store(Bytes(i0, i1, i2, i3), ids + x);
        }

        for (; x < count; x++)
        {
            float largest = planes[x];
            byte best = 0;
            for (int id = 1; id < classes; id++)
            {
                if (planes[(id * stride) + x] is var value && value > largest)
                    (largest, best) = (value, (byte)id);
            }

            ids[x] = best;
        }
    }

    // Argmax over planes of from + fraction * difference; the padded width is whole vectors.
    private static void LargestBetween(float* from, float* difference, float fraction, int stride, int classes, byte* ids)
    {
        int lanes = Vector<float>.Count;
        var weight = new Vector<float>(fraction);
        for (int x = 0; x < stride; x += Vector<byte>.Count)
        {
            float* a = from + x, d = difference + x;
            Vector<float> v0, v1, v2, v3;
            v0 = v1 = v2 = v3 = new Vector<float>(float.NegativeInfinity);
            Vector<int> i0 = default, i1 = default, i2 = default, i3 = default;
            for (int id = 0; id < classes; id++, a += stride, d += stride)
            {
                var index = new Vector<int>(id);
                Keep(Vector.MultiplyAddEstimate(Vector.Load(d), weight, Vector.Load(a)), index, ref v0, ref i0);
                Keep(Vector.MultiplyAddEstimate(Vector.Load(d + lanes), weight, Vector.Load(a + lanes)), index, ref v1, ref i1);
                Keep(Vector.MultiplyAddEstimate(Vector.Load(d + (2 * lanes)), weight, Vector.Load(a + (2 * lanes))), index, ref v2, ref i2);
                Keep(Vector.MultiplyAddEstimate(Vector.Load(d + (3 * lanes)), weight, Vector.Load(a + (3 * lanes))), index, ref v3, ref i3);
            }

            Vector.Store(Bytes(i0, i1, i2, i3), ids + x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector<float> value, Vector<int> index, ref Vector<float> largest, ref Vector<int> best)
    {
        var greater = Vector.GreaterThan(value, largest);
        largest = Vector.ConditionalSelect(greater, value, largest);
        best = Vector.ConditionalSelect(greater, index, best);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<byte> Bytes(Vector<int> i0, Vector<int> i1, Vector<int> i2, Vector<int> i3) =>
        Vector.AsVectorByte(Vector.Narrow(Vector.Narrow(i0, i1), Vector.Narrow(i2, i3)));

    internal static int Padded(int width) => (width + Vector<byte>.Count - 1) / Vector<byte>.Count * Vector<byte>.Count;
}
