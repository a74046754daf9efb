// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using TorchSharp;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>The tensors that a network holds, whatever the number of classes.</summary>
internal sealed class WeightTable
{
    private const long ClassDimension = -1;
    private const double FairFit = 0.5;

    // A prime, so that no other size of a tensor is the same.
    private const int SampleClasses = 251;

    private static readonly ConcurrentDictionary<string, WeightTable> _tables = new();

    // Sizes that depend on the number of classes are ClassDimension.
    private readonly Dictionary<string, long[]> _shapes;

    private WeightTable(Dictionary<string, long[]> shapes) => _shapes = shapes;

    /// <summary>The table of a network; made once.</summary>
    public static WeightTable Of(SegmentationNetworkInfo network) => _tables.GetOrAdd(network.Id, static (_, network) =>
    {
        // Comparing files must not change what a seeded run draws next.
        using var random = torch.Generator.Default.get_state();
        using var sample = network.Create(SampleClasses);
        torch.Generator.Default.set_state(random);
        return new WeightTable(
            sample.state_dict().ToDictionary(pair => pair.Key, pair => Array.ConvertAll(pair.Value.shape, size => size == SampleClasses ? ClassDimension : size)));
    }, network);

    /// <summary>Which dimension of a classifier's tensor the classes are; null for a tensor that is no classifier's.</summary>
    public int? ClassDimensionOf(string name) => _shapes.TryGetValue(name, out var shape) && Array.IndexOf(shape, ClassDimension) is >= 0 and var dimension ? dimension : null;

    /// <summary>The known networks that a file's tensors fit best, and the number of classes in the file; none where they fit no network well, or without a classifier.</summary>
    public static (IReadOnlyList<SegmentationNetworkInfo> Networks, int ClassCount) Guess(IReadOnlyDictionary<string, TensorEntry> tensors)
    {
        var file = tensors.GroupBy(pair => WeightNames.Strip(pair.Key)).ToDictionary(group => group.Key, group => group.First().Value.Shape);
        var fits = SegmentationNetworks.All.Select(network => (Network: network, Fit: Of(network).FitOf(file))).ToArray();
        double best = fits.Max(pair => pair.Fit);
        if (best < FairFit)
            return ([], 0);

        SegmentationNetworkInfo[] networks = [.. fits.Where(pair => pair.Fit == best).Select(pair => pair.Network)];
        return Of(networks[0]).ClassCountOf(file) is var classes and > 0 ? (networks, classes) : ([], 0);
    }

    // The share of all names of both sides that both have, in one shape.
    private double FitOf(Dictionary<string, IReadOnlyList<long>> file)
    {
        int common = file.Count(pair => _shapes.TryGetValue(pair.Key, out var shape) && Matches(shape, pair.Value));
        return (double)common / (file.Count + _shapes.Count - common);
    }

    private int ClassCountOf(Dictionary<string, IReadOnlyList<long>> file) =>
        _shapes.Where(pair => pair.Value.Contains(ClassDimension) && file.TryGetValue(pair.Key, out var found) && Matches(pair.Value, found))
            .Select(pair => (int)file[pair.Key][Array.IndexOf(pair.Value, ClassDimension)])
            .FirstOrDefault();

    private static bool Matches(long[] shape, IReadOnlyList<long> found) =>
        shape.Length == found.Count && shape.Zip(found).All(pair => pair.First is ClassDimension || pair.First == pair.Second);
}
