// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Testing;

/// <summary>The known networks whose graphs differ, parted by what their tests cost.</summary>
internal static class DistinctNetworks
{
    private static readonly Dictionary<string, string> _twins = new()
    {
        ["sfnet-r18-dsn"] = "sfnet-r18",
        ["sfnet-dfv1-dsn"] = "sfnet-dfv1",
        ["sfnet-dfv2-dsn"] = "sfnet-dfv2",
        ["sfnet-lite-r101"] = "sfnet-r101",
    };

    /// <summary>Networks that differ only while they train, and whose graph each has.</summary>
    public static IEnumerable<object[]> Twins => _twins.Select(pair => new object[] { pair.Key, pair.Value });

    /// <summary>Each graph once.</summary>
    public static IEnumerable<object[]> All => SegmentationNetworks.All.Where(network => !_twins.ContainsKey(network.Id)).Select(network => new object[] { network.Id });

    /// <summary>Each kind of block under each kind of head: what every change is tried on.</summary>
    public static IEnumerable<object[]> Shallow => All.Where(row => !IsDeep((string)row[0]));

    /// <summary>The others, which repeat those blocks and take most of the time: they are swept nightly.</summary>
    public static IEnumerable<object[]> Deep => All.Where(row => IsDeep((string)row[0]));

    /// <summary>Whether a network is deep, or the one whose graph it has. Of SRNet there is none that is shallower than the first here.</summary>
    public static bool IsDeep(string id) => id != "srnet-r50" && ((string[])["-r34", "-r50", "-r101", "-stdc2"]).Any(depth => id.Contains(depth, StringComparison.Ordinal));
}
