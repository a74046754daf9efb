// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Logits [K, h, w] to probabilities at [H, W]: bilinear enlargement (corners aligned) and softmax in one pass.</summary>
/// <remarks>
/// Logits are enlarged and then made probabilities: the other order gives other values between the samples. No more than four rows of
/// K planes are alive. The largest logit of a pixel is subtracted first, so that none overflows; its own term is then 1, and its
/// probability one over the sum.
/// </remarks>
internal static unsafe class FusedSoftmax
{
    /// <summary>Writes the probability of the likeliest class, or of every class, or both.</summary>
    /// <param name="logits">Scores, [K, h, w], K from 1 to 255.</param>
    /// <param name="classes">K.</param>
    /// <param name="height">h.</param>
    /// <param name="width">w.</param>
    /// <param name="confidence">Takes H W probabilities; empty when they are not wanted.</param>
    /// <param name="probabilities">Takes K H W probabilities, [K, H, W]; empty when they are not wanted.</param>
    /// <param name="newHeight">H.</param>
    /// <param name="newWidth">W.</param>
    public static void Compute(
        ReadOnlySpan<float> logits, int classes, int height, int width, Span<float> confidence, Span<float> probabilities, int newHeight, int newWidth)
    {
        Debug.Assert(classes is >= 1 and <= 255 && height > 0 && width > 0 && newHeight > 0 && newWidth > 0);
        ArgumentOutOfRangeException.ThrowIfNotEqual(logits.Length, checked(classes * height * width));
        if (!confidence.IsEmpty)
            ArgumentOutOfRangeException.ThrowIfNotEqual(confidence.Length, checked(newHeight * newWidth));
        if (!probabilities.IsEmpty)
            ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, checked(classes * newHeight * newWidth));

        int stride = FusedArgMax.Padded(newWidth);
        int rowLength = (classes * stride) + Vector<float>.Count;   // stretching may write a vector past the last class
        int termsLength = probabilities.IsEmpty ? 0 : classes * stride;
        float[] scratch = ArrayPool<float>.Shared.Rent((3 * rowLength) + termsLength + (2 * stride) + Vector<float>.Count);
        int[] starts = ArrayPool<int>.Shared.Rent(width + 1);
        scratch.AsSpan().Clear();                                   // padding is computed too, and old bits may be slow denormals
        fixed (float* low = logits, rows = scratch)
        fixed (int* start = starts)
        {
            float* upper = rows, lower = rows + rowLength, difference = rows + (2 * rowLength), terms = rows + (3 * rowLength);
            float* winner = terms + termsLength, fractions = winner + stride;
            FusedArgMax.Columns(width, newWidth, start, fractions);
            int current = -1;
            for (int y = 0; y < newHeight; y++)
            {
                var (row, fraction) = FusedArgMax.Position(y, height, newHeight);
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
                        Stretch(low + ((nint)row * width), height * width, classes, width, newWidth, start, fractions, upper, stride);
                    }

                    Stretch(low + ((nint)Math.Min(row + 1, height - 1) * width), height * width, classes, width, newWidth, start, fractions, lower, stride);
                    for (int i = 0; i < rowLength; i += Vector<float>.Count)
                        Vector.Store(Vector.Load(lower + i) - Vector.Load(upper + i), difference + i);
                    current = row;
                }

                Row(upper, difference, fraction, stride, classes, winner, termsLength > 0 ? terms : null);
                var largest = new ReadOnlySpan<float>(winner, newWidth);
                if (!confidence.IsEmpty)
                    largest.CopyTo(confidence[(y * newWidth)..]);
                for (int id = 0; id < classes && termsLength > 0; id++)
                    TensorPrimitives.Multiply(new ReadOnlySpan<float>(terms + (id * stride), newWidth), largest, probabilities.Slice(((id * newHeight) + y) * newWidth, newWidth));
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
        ArrayPool<int>.Shared.Return(starts);
    }

    /// <summary>The same for the scores of one pixel, which lie together.</summary>
    /// <param name="scores">One score a class.</param>
    /// <param name="largest">The largest of them.</param>
    /// <param name="terms">Takes the probabilities; empty when only the largest is wanted.</param>
    /// <returns>The probability of the likeliest class.</returns>
    public static float Pixel(ReadOnlySpan<float> scores, float largest, Span<float> terms)
    {
        int lanes = Vector<float>.Count, last = scores.Length / lanes * lanes;
        var bound = new Vector<float>(largest);
        var sum = Vector<float>.Zero;
        Span<float> rest = stackalloc float[lanes];
        for (int id = 0; id < last; id += lanes)
        {
            var term = VectorExp.OfNonPositive(new Vector<float>(scores[id..]) - bound);
            sum += term;
            if (!terms.IsEmpty)
                term.CopyTo(terms[id..]);
        }

        if (last < scores.Length)
        {
            rest.Fill(float.NegativeInfinity);
            scores[last..].CopyTo(rest);
            VectorExp.OfNonPositive(new Vector<float>(rest) - bound).CopyTo(rest);
            rest[(scores.Length - last)..].Clear();
            sum += new Vector<float>(rest);
            if (!terms.IsEmpty)
                rest[..(scores.Length - last)].CopyTo(terms[last..]);
        }

        float winner = 1 / Vector.Sum(sum);
        if (!terms.IsEmpty)
            TensorPrimitives.Multiply(terms, winner, terms);
        return winner;
    }

    // Each pixel's terms e^(value - largest), and one over their sum. The padded width is whole vectors.
    private static void Row(float* from, float* difference, float fraction, int stride, int classes, float* winner, float* terms)
    {
        var weight = new Vector<float>(fraction);
        for (int x = 0; x < stride; x += Vector<float>.Count)
        {
            float* a = from + x, d = difference + x;
            var largest = new Vector<float>(float.NegativeInfinity);
            for (int id = 0; id < classes; id++, a += stride, d += stride)
                largest = Vector.Max(largest, Vector.MultiplyAddEstimate(Vector.Load(d), weight, Vector.Load(a)));

            a = from + x;
            d = difference + x;
            var sum = Vector<float>.Zero;
            for (int id = 0; id < classes; id++, a += stride, d += stride)
            {
                var term = VectorExp.OfNonPositive(Vector.MultiplyAddEstimate(Vector.Load(d), weight, Vector.Load(a)) - largest);
                sum += term;
                if (terms != null)
                    Vector.Store(term, terms + (id * stride) + x);
            }

            Vector.Store(Vector<float>.One / sum, winner + x);
        }
    }

    private static void Stretch(float* source, int plane, int classes, int width, int newWidth, int* start, float* fractions, float* target, int stride)
    {
        if (width != newWidth)
        {
            FusedArgMax.Stretch(source, plane, classes, width, start, fractions, target, stride);
            return;
        }

        for (int id = 0; id < classes; id++, source += plane, target += stride)
            new ReadOnlySpan<float>(source, width).CopyTo(new Span<float>(target, width));
    }
}
