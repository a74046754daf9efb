// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Counts of pixels by actual and predicted class. Adding two matrices gives that of all their pixels.</summary>
/// <remarks>
/// Pixels whose actual id is no class (255, ignored) do not count. A predicted id that is no class counts as a wrong
/// prediction: it is in <see cref="GetActualCount"/> but in no cell. Not thread-safe: give each thread its own and add them.
/// </remarks>
public sealed class SegmentationConfusionMatrix
{
    // Neighbouring pixels mostly fall into one cell; four tables keep an increment from waiting for the one before.
    private const int Lanes = 4;

    private readonly int _side;
    private readonly long[] _cells;

    /// <summary>An empty matrix.</summary>
    /// <param name="labels">The classes.</param>
    public SegmentationConfusionMatrix(LabelMap labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = labels;
        _side = labels.ClassCount + 1; // the last row and column take ids that are no class
        _cells = new long[Lanes * _side * _side];
    }

    /// <summary>The classes.</summary>
    public LabelMap Labels { get; }

    /// <summary>How many classes there are.</summary>
    public int ClassCount => _side - 1;

    /// <summary>How many pixels of one class were predicted as another.</summary>
    /// <param name="actual">Train id in the ground truth.</param>
    /// <param name="predicted">Train id in the prediction.</param>
    public long this[int actual, int predicted]
    {
        get
        {
            CheckClass(actual, nameof(actual));
            CheckClass(predicted, nameof(predicted));
            return Cell(actual, predicted);
        }
    }

    /// <summary>Copies all counts; one alone is cheaper by the indexer.</summary>
    /// <returns>By actual class, then by predicted class.</returns>
    public IReadOnlyList<IReadOnlyList<long>> GetCounts() =>
        [.. Enumerable.Range(0, ClassCount).Select(actual => (long[])[.. Enumerable.Range(0, ClassCount).Select(predicted => Cell(actual, predicted))])];

    /// <summary>Pixels of a class in the ground truth, whatever they were predicted as.</summary>
    /// <param name="actual">Train id.</param>
    public long GetActualCount(int actual)
    {
        CheckClass(actual, nameof(actual));
        long sum = 0;
        for (int predicted = 0; predicted < _side; predicted++)
            sum += Cell(actual, predicted);
        return sum;
    }

    /// <summary>Counted pixels that were predicted as a class.</summary>
    /// <param name="predicted">Train id.</param>
    public long GetPredictedCount(int predicted)
    {
        CheckClass(predicted, nameof(predicted));
        long sum = 0;
        for (int actual = 0; actual < ClassCount; actual++)
            sum += Cell(actual, predicted);
        return sum;
    }

    /// <summary>Counts pairs of ids; pairs of masks are counted by <see cref="SegmentationEvaluation"/>.</summary>
    /// <param name="actual">Train ids of the ground truth.</param>
    /// <param name="predicted">Train ids of the prediction, pixel by pixel beside <paramref name="actual"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Add(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> predicted)
    {
        if (actual.Length != predicted.Length)
            throw new ArgumentException($"There are {predicted.Length} predicted ids for {actual.Length} of the ground truth.", nameof(predicted));

        int side = _side, none = ClassCount, table = side * side;
        int i = 0;
        for (; i <= actual.Length - Lanes; i += Lanes)
        {
            _cells[Index(actual[i], predicted[i])]++;
            _cells[table + Index(actual[i + 1], predicted[i + 1])]++;
            _cells[2 * table + Index(actual[i + 2], predicted[i + 2])]++;
            _cells[3 * table + Index(actual[i + 3], predicted[i + 3])]++;
        }

        for (; i < actual.Length; i++)
            _cells[Index(actual[i], predicted[i])]++;

        int Index(byte truth, byte guess) => Math.Min((int)truth, none) * side + Math.Min((int)guess, none);
    }

    /// <summary>Adds the counts of another matrix of the same classes.</summary>
    /// <param name="other">The other matrix; it stays as it is.</param>
    /// <exception cref="ArgumentException">It has other classes.</exception>
    public void Add(SegmentationConfusionMatrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Labels.FindDifference(other.Labels, "This confusion matrix", "the other") is { } difference)
            throw new ArgumentException($"{difference} Add counts of one label map.", nameof(other));
        for (int i = 0; i < _cells.Length; i++)
            _cells[i] += other._cells[i];
    }

    /// <summary>Pixels that do not count: those whose actual id is no class.</summary>
    internal long IgnoredCount => Enumerable.Range(0, _side).Sum(predicted => Cell(ClassCount, predicted));

    /// <summary>The cells that hold something, by actual id, then by predicted id; a prediction that is no class has the id 255.</summary>
    internal IEnumerable<(byte Actual, byte Predicted, long Count)> Occupied()
    {
        for (int actual = 0; actual < ClassCount; actual++)
        {
            for (int predicted = 0; predicted < _side; predicted++)
            {
                if (Cell(actual, predicted) is > 0 and var count)
                    yield return ((byte)actual, predicted == ClassCount ? LabelMap.IgnoreId : (byte)predicted, count);
            }
        }
    }

    /// <summary>Counts a pair of ids many times.</summary>
    internal void Add(byte actual, byte predicted, long count) => _cells[Math.Min((int)actual, ClassCount) * _side + Math.Min((int)predicted, ClassCount)] += count;

    internal void Clear() => Array.Clear(_cells);

    internal SegmentationConfusionMatrix Copy()
    {
        var copy = new SegmentationConfusionMatrix(Labels);
        copy.Add(this);
        return copy;
    }

    private long Cell(int actual, int predicted)
    {
        long sum = 0;
        for (int lane = 0; lane < Lanes; lane++)
            sum += _cells[(lane * _side + actual) * _side + predicted];
        return sum;
    }

    private void CheckClass(int id, string parameter)
    {
        if ((uint)id >= (uint)ClassCount)
            throw new ArgumentOutOfRangeException(parameter, id, $"Label map '{Labels.Name}' has the train ids 0 to {ClassCount - 1}.");
    }
}
