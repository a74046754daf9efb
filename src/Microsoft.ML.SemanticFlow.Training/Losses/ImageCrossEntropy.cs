// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>The cross entropy of one image's logits, enlarged to its labels row by row, and its gradient.</summary>
/// <remarks>
/// Two neighbouring rows of logits are alive, enlarged to the labels' width, with the gradients of both; a row of labels lies between them.
/// </remarks>
internal sealed class ImageCrossEntropy
{
    private readonly int _classes;
    private readonly EnlargedAxis _rows;
    private readonly EnlargedAxis _columns;
    private readonly float[] _classWeights;
    private readonly int _stride;
    private readonly float[] _between;
    private readonly float[] _weights;
    private readonly float[] _largest;
    private readonly float[] _logSums;
    private float[] _upper;
    private float[] _lower;
    private float[] _upperGradient;
    private float[] _lowerGradient;

    /// <param name="classes">K.</param>
    /// <param name="rows">From the logits' height to the labels'.</param>
    /// <param name="columns">From the logits' width to the labels'.</param>
    /// <param name="classWeights">A weight for each class.</param>
    public ImageCrossEntropy(int classes, EnlargedAxis rows, EnlargedAxis columns, float[] classWeights)
    {
        (_classes, _rows, _columns, _classWeights) = (classes, rows, columns, classWeights);
        _stride = (columns.NewLength + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        _between = new float[_stride * classes];
        (_upper, _lower, _upperGradient, _lowerGradient) = (new float[_between.Length], new float[_between.Length], new float[_between.Length], new float[_between.Length]);
        (_weights, _largest, _logSums) = (new float[_stride], new float[_stride], new float[_stride]);
    }

    /// <summary>Sums over the pixels that count.</summary>
    /// <param name="logits">[K, h, w].</param>
    /// <param name="labels">[H, W].</param>
    /// <param name="gradient">Takes, added, the gradient of the sum of losses, [K, h, w].</param>
    /// <returns>The sum of weight times loss, and the sum of weights.</returns>
    public (double Loss, double Weight) Compute(ReadOnlySpan<float> logits, ReadOnlySpan<long> labels, Span<float> gradient)
    {
        double loss = 0, weight = 0;
        int current = -1;
        for (int y = 0; y < _rows.NewLength; y++)
        {
            if (_rows.Starts[y] != current)
            {
                Advance(logits, gradient, current);
                current = _rows.Starts[y];
            }

            var row = labels.Slice(y * _columns.NewLength, _columns.NewLength);
            double rowWeight = Weigh(row);
            if (rowWeight == 0)
                continue;
            weight += rowWeight;
            Softmax(_rows.Fractions[y]);
            loss += Subtract(row, _rows.Fractions[y]);
            AddGradients(_rows.Fractions[y]);
        }

        AddGradientRow(_upperGradient, gradient, current);
        AddGradientRow(_lowerGradient, gradient, NextRow(current));
        return (loss, weight);
    }

    /// <summary>The probability of each pixel's class; 1 where the pixel does not count. Class weights must be ones.</summary>
    /// <param name="logits">[K, h, w].</param>
    /// <param name="labels">[H, W].</param>
    /// <param name="probabilities">Takes them, [H, W].</param>
    public void Probabilities(ReadOnlySpan<float> logits, ReadOnlySpan<long> labels, Span<float> probabilities)
    {
        int current = -1;
        for (int y = 0; y < _rows.NewLength; y++)
        {
            if (_rows.Starts[y] != current)
            {
                Advance(logits, gradient: [], current);
                current = _rows.Starts[y];
            }

            var row = labels.Slice(y * _columns.NewLength, _columns.NewLength);
            Weigh(row);
            Softmax(_rows.Fractions[y]);
            for (int x = 0; x < row.Length; x++)
                probabilities[(y * row.Length) + x] = _weights[x] == 0 ? 1 : _between[((int)row[x] * _stride) + x];
        }
    }

    private int NextRow(int row) => Math.Min(row + 1, _rows.Length - 1);

    // To the next two rows of logits: the lower becomes the upper. The gradient of the one that goes is complete, where one is asked for.
    private void Advance(ReadOnlySpan<float> logits, Span<float> gradient, int current)
    {
        if (current < 0)
        {
            EnlargeRow(logits, 0, _upper);
        }
        else
        {
            if (!gradient.IsEmpty)
                AddGradientRow(_upperGradient, gradient, current);
            (_upper, _lower) = (_lower, _upper);
            (_upperGradient, _lowerGradient) = (_lowerGradient, _upperGradient);
        }

        EnlargeRow(logits, NextRow(current + 1), _lower);
        _lowerGradient.AsSpan().Clear();
    }

    private void EnlargeRow(ReadOnlySpan<float> logits, int row, Span<float> enlarged)
    {
        for (int k = 0; k < _classes; k++)
            _columns.Enlarge(RowOf(logits, k, row), enlarged[(k * _stride)..]);
    }

    private void AddGradientRow(ReadOnlySpan<float> enlarged, Span<float> gradient, int row)
    {
        for (int k = 0; k < _classes; k++)
            _columns.AddGradient(enlarged[(k * _stride)..], gradient.Slice(((k * _rows.Length) + row) * _columns.Length, _columns.Length));
    }

    private ReadOnlySpan<float> RowOf(ReadOnlySpan<float> planes, int k, int row) =>
        planes.Slice(((k * _rows.Length) + row) * _columns.Length, _columns.Length);

    // The weight of each pixel of a row, 0 where it is ignored; and their sum.
    private double Weigh(ReadOnlySpan<long> labels)
    {
        double sum = 0;
        for (int x = 0; x < labels.Length; x++)
        {
            long label = labels[x];
            if ((ulong)label < (ulong)_classes)
                _weights[x] = _classWeights[label];
            else if (label == Criterion.Ignored)
                _weights[x] = 0;
            else
                throw new ArgumentException(
                    $"A label is {label}; with {_classes} classes they run from 0 to {_classes - 1}, and {Criterion.Ignored} does not count.", nameof(labels));
            sum += _weights[x];
        }

        return sum;
    }

    // Weight times probability of each class at each pixel of a row.
    private void Softmax(float fraction)
    {
        ref float upper = ref MemoryMarshal.GetArrayDataReference(_upper), lower = ref MemoryMarshal.GetArrayDataReference(_lower);
        ref float between = ref MemoryMarshal.GetArrayDataReference(_between);
        var towards = new Vector<float>(fraction);
        for (int x = 0; x < _stride; x += Vector<float>.Count)
        {
            var largest = new Vector<float>(float.NegativeInfinity);
            for (int at = x; at < _between.Length; at += _stride)
            {
                var above = Vector.LoadUnsafe(ref upper, (nuint)at);
                var value = Vector.MultiplyAddEstimate(towards, Vector.LoadUnsafe(ref lower, (nuint)at) - above, above);
                value.StoreUnsafe(ref between, (nuint)at);
                largest = Vector.Max(largest, value);
            }

            var sum = Vector<float>.Zero;
            for (int at = x; at < _between.Length; at += _stride)
            {
                var power = Vector.Exp(Vector.LoadUnsafe(ref between, (nuint)at) - largest);
                power.StoreUnsafe(ref between, (nuint)at);
                sum += power;
            }

            largest.CopyTo(_largest, x);
            Vector.Log(sum).CopyTo(_logSums, x);
            var scale = new Vector<float>(_weights, x) / sum;
            for (int at = x; at < _between.Length; at += _stride)
                (Vector.LoadUnsafe(ref between, (nuint)at) * scale).StoreUnsafe(ref between, (nuint)at);
        }
    }

    // Takes the true classes off the probabilities, which makes them the gradient; gives back the row's loss.
    private double Subtract(ReadOnlySpan<long> labels, float fraction)
    {
        double loss = 0;
        for (int x = 0; x < labels.Length; x++)
        {
            float weight = _weights[x];
            if (weight == 0)
                continue;
            int at = ((int)labels[x] * _stride) + x;
            float value = _upper[at] + (fraction * (_lower[at] - _upper[at]));
            loss += weight * (_logSums[x] + (double)(_largest[x] - value));
            _between[at] -= weight;
        }

        return loss;
    }

    private void AddGradients(float fraction)
    {
        ref float upper = ref MemoryMarshal.GetArrayDataReference(_upperGradient), lower = ref MemoryMarshal.GetArrayDataReference(_lowerGradient);
        ref float between = ref MemoryMarshal.GetArrayDataReference(_between);
        var towards = new Vector<float>(fraction);
        for (int at = 0; at < _between.Length; at += Vector<float>.Count)
        {
            var gradient = Vector.LoadUnsafe(ref between, (nuint)at);
            var below = gradient * towards;
            (Vector.LoadUnsafe(ref upper, (nuint)at) + gradient - below).StoreUnsafe(ref upper, (nuint)at);
            (Vector.LoadUnsafe(ref lower, (nuint)at) + below).StoreUnsafe(ref lower, (nuint)at);
        }
    }
}
