// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Counts of pixels by actual and predicted class. Adding two matrices gives that of all their pixels.</summary>
/// <remarks>
/// Pixels whose actual id is no class (255, ignored) do not count. A predicted id that is no class counts as a wrong
/// prediction: it is in <see cref="GetActualCount"/> but in no cell. Not thread-safe: give each thread its own and add them.
/// </remarks>
/// <example>
/// <code>
/// var counts = new SegmentationConfusionMatrix(LabelMap.FromClassNames("two", "road", "sky"));
/// counts.Add(actual: [0, 0, 1, 255], predicted: [0, 1, 1, 0]);          // 255 is ignored
/// Console.WriteLine(counts[actual: 0, predicted: 1]);                   // prints 1
/// Console.WriteLine(new SemanticSegmentationMetrics(counts).MeanIoU);   // prints 0.5
/// </code>
/// </example>
public sealed class SegmentationConfusionMatrix
{
    // Where pixels change often, neighbours still fall into one cell; four tables keep an increment from waiting for the one before.
    private const int Lanes = 4;

    // Masks are mostly long runs of one pair of ids: this many pixels are compared with their left neighbours at once, and runs counted as a whole.
    private const int Block = 64;

    // From this many changes in a block on, counting pixel by pixel is faster.
    private const int ManyChanges = 16;

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

        int i = 0;
        if (actual.Length > Block)
        {
            ref byte truths = ref MemoryMarshal.GetReference(actual);
            ref byte guesses = ref MemoryMarshal.GetReference(predicted);
            int cell = Index(actual[0], predicted[0]), start = 0;
            for (i = 1; i <= actual.Length - Block; i += Block)
            {
                ulong changes = ~(Unchanged(ref truths, ref guesses, i) | ((ulong)Unchanged(ref truths, ref guesses, i + Vector256<byte>.Count) << 32));
                if (BitOperations.PopCount(changes) < ManyChanges)
                {
                    for (; changes != 0; changes &= changes - 1)
                    {
                        int place = i + BitOperations.TrailingZeroCount(changes);
                        _cells[cell] += place - start;
                        (cell, start) = (Index(actual[place], predicted[place]), place);
                    }
                }
                else
                {
                    _cells[cell] += i - start;
                    AddEach(actual.Slice(i, Block), predicted.Slice(i, Block));
                    (cell, start) = (Index(actual[i + Block - 1], predicted[i + Block - 1]), i + Block);
                }
            }

            _cells[cell] += i - start;
        }

        AddEach(actual[i..], predicted[i..]);
    }

    // One bit for each of 32 pixels whose two ids are those of the pixel before.
    private static uint Unchanged(ref byte truths, ref byte guesses, int place) =>
        (Vector256.Equals(Vector256.LoadUnsafe(ref truths, (nuint)place), Vector256.LoadUnsafe(ref truths, (nuint)place - 1))
            & Vector256.Equals(Vector256.LoadUnsafe(ref guesses, (nuint)place), Vector256.LoadUnsafe(ref guesses, (nuint)place - 1))).ExtractMostSignificantBits();

    private int Index(byte truth, byte guess) => Math.Min((int)truth, ClassCount) * _side + Math.Min((int)guess, ClassCount);

    private void AddEach(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> predicted)
    {
        int table = _side * _side;
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

    /// <summary>The counts themselves, in an order of the matrix's own: matrices of the same classes add up element by element.</summary>
    internal long[] Cells => _cells;

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
    internal void Add(byte actual, byte predicted, long count) => _cells[Index(actual, predicted)] += count;

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
