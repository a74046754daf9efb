// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Crops to draw from, each as often as it weighs.</summary>
internal sealed class WeightedCrops
{
    private readonly (double Share, PlannedCrop[] Crops)[] _groups;

    /// <param name="crops">At least one.</param>
    /// <param name="weightOf">How often a sample's crops are drawn, against another's; null for all as often.</param>
    public WeightedCrops(IEnumerable<PlannedCrop> crops, Func<int, double>? weightOf)
    {
        var groups = crops.GroupBy(crop => weightOf?.Invoke(crop.Sample) ?? 1).Select(group => (Weight: group.Key, Crops: group.ToArray())).ToArray();
        double all = groups.Sum(group => group.Weight * group.Crops.Length);
        _groups = [.. groups.Select(group => (group.Weight * group.Crops.Length / all, group.Crops))];
    }

    /// <summary>Draws crops; of one weight, none comes a second time before all have come once.</summary>
    public void Draw(Span<PlannedCrop> to, Random random)
    {
        // A weight's part of the crops is rounded by chance, so that the mean over epochs is its share, and a small one comes too.
        double start = _groups.Length == 1 ? 0 : random.NextDouble(), share = 0;
        int done = 0;
        for (int i = 0; i < _groups.Length; i++)
        {
            share += _groups[i].Share;
            int end = i == _groups.Length - 1 ? to.Length : Math.Clamp((int)(share * to.Length + start), done, to.Length);
            Draw(_groups[i].Crops, to[done..end], random);
            done = end;
        }
    }

    private static void Draw(PlannedCrop[] from, Span<PlannedCrop> to, Random random)
    {
        var shuffled = from.ToArray();
        random.Shuffle(shuffled);
        for (int i = 0; i < to.Length; i++)
            to[i] = shuffled[i % shuffled.Length];
    }
}
