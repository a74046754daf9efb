// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Boundaries;

namespace Microsoft.ML.SemanticFlow.Evaluation.Errors;

/// <summary>Connected regions of one id, as runs that are joined: masks have few runs.</summary>
internal sealed class Regions
{
    private readonly List<PixelRun> _runs = [];
    private readonly List<int> _parents = [];

    private Regions()
    {
    }

    /// <summary>All runs of the regions, in reading order.</summary>
    public IReadOnlyList<PixelRun> Runs => _runs;

    /// <param name="ids">Ids, row by row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="none">The id that forms no regions.</param>
    /// <param name="corners">Whether pixels that touch at a corner are connected.</param>
    public static Regions Find<T>(ReadOnlySpan<T> ids, int height, int width, T none, bool corners)
        where T : unmanaged, IEquatable<T>
    {
        var regions = new Regions();
        int aboveStart = 0, reach = corners ? 1 : 0;
        for (int y = 0; y < height; y++)
        {
            var row = ids.Slice(y * width, width);
            int start = regions._runs.Count, above = aboveStart;
            for (int first = 0; first < width;)
            {
                T id = row[first];
                int length = row[first..].IndexOfAnyExcept(id);
                int end = length < 0 ? width : first + length;
                if (!id.Equals(none))
                {
                    int run = regions._runs.Count;
                    regions._runs.Add(new PixelRun(y, first, end - 1));
                    regions._parents.Add(run);
                    while (above < start && regions._runs[above].Last + reach < first)
                        above++;
                    for (int other = above; other < start && regions._runs[other].First <= end - 1 + reach; other++)
                    {
                        if (ids[(y - 1) * width + regions._runs[other].First].Equals(id))
                            regions.Join(run, other);
                    }
                }

                first = end;
            }

            aboveStart = start;
        }

        return regions;
    }

    /// <summary>The region that a run belongs to: the index of its first run.</summary>
    public int RegionOf(int run)
    {
        while (_parents[run] != run)
            run = _parents[run] = _parents[_parents[run]];
        return run;
    }

    private void Join(int one, int other)
    {
        (one, other) = (RegionOf(one), RegionOf(other));
        _parents[Math.Max(one, other)] = Math.Min(one, other);
    }
}
