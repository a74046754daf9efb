// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Distributed;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>The samples of a data set, epoch after epoch: from memory where they fit, else read anew by threads of their own.</summary>
/// <remarks>
/// From memory, the crops of an epoch come in the order they were drawn. Read anew, each row gives the crops planned for it as it passes by:
/// in the view's own shuffling, where it can, refined by a pool from which crops are taken at random. Either way the order depends on the
/// random source alone.
/// </remarks>
internal sealed class SampleSource
{
    private const int LargestPool = 512;

    // Stands for a row that is skipped, so that the others keep their numbers.
    private static readonly SegmentationMask _nothing = SegmentationMask.Adopt(1, 1, [LabelMap.IgnoreId], labels: null);

    private readonly SampleReader _reader;
    private readonly LabelledImage[]? _cache;
    private readonly int _pool;
    private readonly int _threads;
    private Dictionary<DataViewRowId, int>? _numbers;

    private SampleSource(SampleReader reader, int threads, int count, LabelledImage[]? cache, int pool) =>
        (_reader, _threads, Count, _cache, _pool) = (reader, threads, count, cache, pool);

    /// <summary>Samples of the data set.</summary>
    public int Count { get; }

    /// <summary>Whether all samples lie decoded in memory.</summary>
    public bool IsCached => _cache is not null;

    /// <summary>Bytes of the decoded samples in memory.</summary>
    public long CachedBytes => _cache?.Sum(BytesOf) ?? 0;

    /// <summary>Counts the samples and reads them into memory when they fit.</summary>
    /// <param name="reader">The rows.</param>
    /// <param name="cacheBytes">What fits.</param>
    /// <param name="threads">How many images are decoded at a time.</param>
    /// <param name="what">The data set, for messages.</param>
    /// <param name="cancellation">Ends reading with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidDataException">The data set is empty, or a row does not hold.</exception>
    public static SampleSource Open(SampleReader reader, long cacheBytes, int threads, string what, CancellationToken cancellation)
    {
        int count = reader.CountRows();
        if (count == 0)
            throw new InvalidDataException($"The {what} has no rows. Check the folder it is read from.");

        var cache = new List<LabelledImage>(count);
        long bytes = 0, first = 0;
        foreach (var sample in InOrder(reader, threads, cancellation))
        {
            bytes += BytesOf(sample);
            first = first == 0 ? bytes : first;
            if (bytes > cacheBytes || first * count > 2 * cacheBytes)
            {
                int pool = (int)Math.Clamp(cacheBytes / first, 2, LargestPool);
                return new SampleSource(reader, threads, count, cache: null, pool);
            }

            cache.Add(sample);
        }

        if (cache.Count == 0)
            throw new InvalidDataException($"No row of the {what} can be used.");
        return new SampleSource(reader, threads, cache.Count, [.. cache], pool: 0);
    }

    /// <summary>Counts the pixels of each class over the data set, each of several processes in its part.</summary>
    public PixelCounts CountPixels(Collective processes, CancellationToken cancellation)
    {
        var counts = new long[256];
        foreach (var mask in Masks(cancellation, new WorkShard(processes.Rank, processes.Size)))
        {
            foreach (byte id in mask.Ids)
                counts[id]++;
        }

        processes.Sum(counts);
        return new PixelCounts(counts[.._reader.ClassCount], counts[LabelMap.IgnoreId]);
    }

    /// <summary>The source of each sample in the order of the data set; null where the view does not tell.</summary>
    public IReadOnlyList<string>? Sources() => _cache is null ? _reader.ReadSources()
        : _cache.All(sample => sample.Source is not null) ? [.. _cache.Select(sample => sample.Source!)] // none is null
        : null;

    /// <summary>The masks of a part, in the order of the data set.</summary>
    public IEnumerable<SegmentationMask> Masks(CancellationToken cancellation, WorkShard part = default) =>
        PartOf(_cache, part)?.Select(sample => sample.Mask)
        ?? ReadAhead.InOrder(PartOf(_reader.ReadMasks(cancellation), part)!.Select(row => row.Read), _threads, cancellation).Select(mask => mask ?? _nothing); // there are rows

    /// <summary>What the masks are made from, as far as it shows without reading them; null where the view does not name their files.</summary>
    public string? FingerprintOfMasks(CancellationToken cancellation) => _reader.Fingerprint(cancellation);

    /// <summary>The samples of a part once, in the order of the data set.</summary>
    public IEnumerable<LabelledImage> InOrder(CancellationToken cancellation, WorkShard part = default) => PartOf(_cache, part) ?? InOrder(_reader, _threads, cancellation, part);

    /// <summary>Planned crops of an epoch: in their order where all samples lie in memory, else as a shuffled pass over the rows comes by them.</summary>
    public IEnumerable<SampledCrop> Crops(IEnumerable<PlannedCrop> crops, Random random, CancellationToken cancellation) =>
        _cache is { } cache ? crops.Select(crop => new SampledCrop(cache[crop.Sample], crop.Around)) : FromPool(crops, random, cancellation);

    private static long BytesOf(LabelledImage sample) => (long)sample.Image.Bgra.Length + sample.Mask.Ids.Length;

    private static IEnumerable<T>? PartOf<T>(IEnumerable<T>? all, WorkShard part) => part.IsWhole ? all : all?.Where((_, i) => part.Takes(i));

    private static IEnumerable<LabelledImage> InOrder(SampleReader reader, int threads, CancellationToken cancellation, WorkShard part = default) =>
        ReadAhead.InOrder(PartOf(reader.Read(random: null, isWanted: null, cancellation), part)!.Select(row => row.Read), threads, cancellation) // there are rows
            .OfType<LabelledImage>(); // without those that were skipped

    private IEnumerable<SampledCrop> FromPool(IEnumerable<PlannedCrop> crops, Random random, CancellationToken cancellation)
    {
        var planned = crops.ToLookup(crop => crop.Sample, crop => crop.Around);
        _numbers ??= NumberRows();
        var rows = _reader.Read(new Random(random.Next()), id => planned.Contains(NumberOf(id)), cancellation);
        var work = rows.Select(row => (Func<SampledCrop[]>)(() =>
            row.Read() is { } sample ? [.. planned[NumberOf(row.Id)].Select(around => new SampledCrop(sample, around))] : []));

        // The crops of one image are spread out, too.
        var pool = new List<SampledCrop>(_pool);
        foreach (var crop in ReadAhead.InOrder(work, _threads, cancellation).SelectMany(ofRow => ofRow))
        {
            if (pool.Count < _pool)
            {
                pool.Add(crop);
                continue;
            }

            int drawn = random.Next(pool.Count);
            yield return pool[drawn];
            pool[drawn] = crop;
        }

        for (; pool.Count > 0; pool.RemoveAt(pool.Count - 1))
        {
            int drawn = random.Next(pool.Count);
            (pool[drawn], pool[^1]) = (pool[^1], pool[drawn]);
            yield return pool[^1];
        }
    }

    private int NumberOf(DataViewRowId id) =>
        _numbers!.TryGetValue(id, out int number) ? number : throw IdsChange(); // made before the first pass

    private Dictionary<DataViewRowId, int> NumberRows()
    {
        var numbers = new Dictionary<DataViewRowId, int>(Count);
        foreach (var id in _reader.ReadIds())
        {
            if (!numbers.TryAdd(id, numbers.Count))
                throw IdsChange();
        }

        return numbers;
    }

    private static InvalidOperationException IdsChange() =>
        new(
            "The rows of the training set have no ids that stay with them from one pass to the next, so a shuffled pass cannot tell which is which. " +
            "Raise CacheMegabytes to hold them in memory, or give another view.");
}
