// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>The samples of a data set, epoch after epoch: from memory where they fit, else read anew by a thread of its own.</summary>
/// <remarks>
/// From memory, an epoch is a permutation. Read anew, it is the view's own shuffling, where it can, refined by a pool from
/// which samples are drawn at random. Either way the order depends on the random source alone.
/// </remarks>
internal sealed class SampleSource
{
    private const int ReadAhead = 4;
    private const int LargestPool = 512;

    private readonly SampleReader _reader;
    private readonly LabelledImage[]? _cache;
    private readonly int _pool;

    private SampleSource(SampleReader reader, int count, LabelledImage[]? cache, int pool) =>
        (_reader, Count, _cache, _pool) = (reader, count, cache, pool);

    /// <summary>Samples of the data set.</summary>
    public int Count { get; }

    /// <summary>Whether all samples lie decoded in memory.</summary>
    public bool IsCached => _cache is not null;

    /// <summary>Bytes of the decoded samples in memory.</summary>
    public long CachedBytes => _cache?.Sum(BytesOf) ?? 0;

    /// <summary>Counts the samples and reads them into memory when they fit.</summary>
    /// <exception cref="InvalidDataException">The data set is empty, or a row does not hold.</exception>
    public static SampleSource Open(SampleReader reader, long cacheBytes, string what, CancellationToken cancellation)
    {
        int count = reader.CountRows();
        if (count == 0)
            throw new InvalidDataException($"The {what} has no rows. Check the folder it is read from.");

        var cache = new List<LabelledImage>(count);
        long bytes = 0, first = 0;
        foreach (var sample in reader.Read(random: null, cancellation))
        {
            bytes += BytesOf(sample);
            first = first == 0 ? bytes : first;
            if (bytes > cacheBytes || first * count > 2 * cacheBytes)
            {
                int pool = (int)Math.Clamp(cacheBytes / first, 2, LargestPool);
                return new SampleSource(reader, count, cache: null, pool);
            }

            cache.Add(sample);
        }

        return new SampleSource(reader, cache.Count, [.. cache], pool: 0);
    }

    /// <summary>Pixels of each class over the data set; ignored pixels left out.</summary>
    public long[] CountPixels(CancellationToken cancellation)
    {
        var counts = new long[256];
        foreach (var mask in _cache is null ? _reader.ReadMasks(cancellation) : _cache.Select(sample => sample.Mask))
        {
            foreach (byte id in mask.Ids)
                counts[id]++;
        }

        return counts[.._reader.ClassCount];
    }

    /// <summary>All samples once, in the order of the data set.</summary>
    public IEnumerable<LabelledImage> InOrder(CancellationToken cancellation) => _cache ?? ReadAheadOf(random: null, cancellation);

    /// <summary>Samples without end: all in a random order, then all in another.</summary>
    public IEnumerable<LabelledImage> Shuffled(Random random, CancellationToken cancellation) =>
        _cache is null ? FromPool(random, cancellation) : Permuted(_cache, random);

    private static long BytesOf(LabelledImage sample) => sample.Image.Bgra.LongLength + sample.Mask.Ids.Length;

    private static IEnumerable<LabelledImage> Permuted(LabelledImage[] samples, Random random)
    {
        var order = Enumerable.Range(0, samples.Length).ToArray();
        while (true)
        {
            random.Shuffle(order);
            foreach (int index in order)
                yield return samples[index];
        }
    }

    private IEnumerable<LabelledImage> FromPool(Random random, CancellationToken cancellation)
    {
        var pool = new List<LabelledImage>(_pool);
        while (true)
        {
            foreach (var sample in ReadAheadOf(new Random(random.Next()), cancellation))
            {
                if (pool.Count < _pool)
                {
                    pool.Add(sample);
                    continue;
                }

                int drawn = random.Next(pool.Count);
                yield return pool[drawn];
                pool[drawn] = sample;
            }

            for (; pool.Count > 0; pool.RemoveAt(pool.Count - 1))
            {
                int drawn = random.Next(pool.Count);
                (pool[drawn], pool[^1]) = (pool[^1], pool[drawn]);
                yield return pool[^1];
            }
        }
    }

    // Getters of a cursor run on the thread that moves it, so one thread reads; the queue bounds how far ahead.
    private IEnumerable<LabelledImage> ReadAheadOf(Random? random, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var queue = new BlockingCollection<LabelledImage>(ReadAhead);
        var reading = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    foreach (var sample in _reader.Read(random, stop.Token))
                        queue.Add(sample, stop.Token);
                }
                finally
                {
                    queue.CompleteAdding();
                }
            },
            stop.Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        try
        {
            foreach (var sample in queue.GetConsumingEnumerable(CancellationToken.None))
                yield return sample;
            reading.GetAwaiter().GetResult();
        }
        finally
        {
            stop.Cancel();
            Task.WhenAny(reading).GetAwaiter().GetResult();
        }
    }
}
