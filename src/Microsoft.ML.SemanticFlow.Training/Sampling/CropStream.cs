// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>The crops of a run: what a sampler draws, cut from the training set and, where there is one, from the set that boosts classes.</summary>
/// <param name="sampler">Draws epochs. Samples past the training set's are those of the other set.</param>
/// <param name="training">The training set.</param>
/// <param name="boost">The set that boosts classes, or null.</param>
internal sealed class CropStream(CropSampler sampler, SampleSource training, SampleSource? boost = null)
{
    /// <summary>Crops of an epoch.</summary>
    public int CropsPerEpoch => sampler.Count;

    /// <summary>A process's crops without end: those of an epoch, then those of another.</summary>
    /// <remarks>From memory the processes' crops, put together, are those of one process in its order. Read anew, each process shuffles its own.</remarks>
    public IEnumerable<SampledCrop> Crops(Random random, CancellationToken cancellation, BatchShare? share = null)
    {
        for (long before = 0; ; before += sampler.Count)
        {
            var drawn = sampler.Draw(random);
            var pass = random;
            if (share is { IsWhole: false } part)
            {
                long first = before;
                drawn = [.. drawn.Where((_, i) => part.Takes(first + i))];
                if (!training.IsCached || boost is { IsCached: false })
                    pass = new Random(random.Next()); // such a pass draws as often as it has crops, and the next epoch is drawn alike by all
            }

            foreach (var crop in boost is null ? training.Crops(drawn, pass, cancellation) : Merged(drawn, boost, pass, cancellation))
                yield return crop;
        }
    }

    // Each set gives its crops in its own order; the drawn order says which set is next.
    private IEnumerable<SampledCrop> Merged(PlannedCrop[] drawn, SampleSource other, Random random, CancellationToken cancellation)
    {
        var own = drawn.Where(crop => crop.Sample < training.Count);
        var others = drawn.Where(crop => crop.Sample >= training.Count).Select(crop => crop with { Sample = crop.Sample - training.Count });
        using var first = training.Crops(own, random, cancellation).GetEnumerator();
        using var second = other.Crops(others, random, cancellation).GetEnumerator();
        foreach (var crop in drawn)
        {
            var next = crop.Sample < training.Count ? first : second;
            if (next.MoveNext()) // a set gives as many crops as were planned for it, less those of rows that are skipped
                yield return next.Current;
        }
    }
}
