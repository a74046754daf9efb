// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Where each class lies in a data set: one centroid for every tile of every mask that holds the class.</summary>
internal sealed class ClassCentroids
{
    private readonly IReadOnlyList<PlannedCrop>[] _byClass;

    internal ClassCentroids(IEnumerable<IReadOnlyList<PlannedCrop>> byClass) => _byClass = [.. byClass];

    public int ClassCount => _byClass.Length;

    /// <summary>Crops around a class, in the order of the data set; empty where it never occurs.</summary>
    public IReadOnlyList<PlannedCrop> this[int classId] => _byClass[classId];

    /// <summary>These centroids, and for some classes those of another data set, whose samples are counted on from this one's.</summary>
    /// <param name="boost">The centroids of the other data set.</param>
    /// <param name="classes">The classes that it adds to.</param>
    /// <param name="samples">Samples of this data set.</param>
    public ClassCentroids With(ClassCentroids boost, IReadOnlyCollection<int> classes, int samples) => new(_byClass.Select((own, classId) =>
        classes.Contains(classId) ? [.. own, .. boost[classId].Select(crop => crop with { Sample = samples + crop.Sample })] : own));

    /// <summary>Finds the centroids of a data set.</summary>
    /// <param name="masks">The masks, in the order of the data set.</param>
    /// <param name="tile">Side of a tile in pixels.</param>
    /// <param name="classCount">Classes of the label map; other ids are passed over.</param>
    /// <param name="masksDone">Told after each mask how many are done.</param>
    public static ClassCentroids Find(IEnumerable<SegmentationMask> masks, int tile, int classCount, Action<int>? masksDone = null)
    {
        List<PlannedCrop>[] byClass = [.. Enumerable.Range(0, classCount).Select(_ => new List<PlannedCrop>())];
        int done = 0;
        foreach (var mask in masks)
        {
            foreach (var (classId, centroid) in Find(mask, tile, classCount))
                byClass[classId].Add(new PlannedCrop(done, centroid));
            done++;
            masksDone?.Invoke(done);
        }

        return new ClassCentroids(byClass);
    }

    /// <summary>The centroids of one mask, tiles from the top left row by row. Strips too narrow for a tile have none.</summary>
    public static IEnumerable<(int ClassId, Centroid Centroid)> Find(SegmentationMask mask, int tile, int classCount)
    {
        var sums = new (long Count, long Y, long X)[classCount];
        for (int top = 0; top + tile <= mask.Height; top += tile)
        {
            for (int left = 0; left + tile <= mask.Width; left += tile)
            {
                Array.Clear(sums);
                for (int y = 0; y < tile; y++)
                    AddRow(mask.Ids.Slice((top + y) * mask.Width + left, tile), y, sums);
                for (int classId = 0; classId < classCount; classId++)
                {
                    var (count, y, x) = sums[classId];
                    if (count > 0)
                        yield return (classId, new Centroid(top + (int)(y / count), left + (int)(x / count)));
                }
            }
        }
    }

    // By runs of one class, of which masks are made: a run from x to end - 1 adds its length times their mean.
    private static void AddRow(ReadOnlySpan<byte> ids, int y, (long Count, long Y, long X)[] sums)
    {
        for (int x = 0, length; x < ids.Length; x += length)
        {
            byte id = ids[x];
            length = ids[x..].IndexOfAnyExcept(id);
            if (length < 0)
                length = ids.Length - x;
            if (id >= sums.Length)
                continue;
            ref var sum = ref sums[id];
            sum = (sum.Count + length, sum.Y + (long)length * y, sum.X + (long)length * (x + x + length - 1) / 2);
        }
    }
}
