// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Reports;

/// <summary>The pictures of a page, which together stay within a bound: where they would not, all of them are made smaller.</summary>
internal sealed class ReportImages
{
    /// <summary>Characters of pictures in a page, so that it stays below 10 MB with all else that is in it.</summary>
    public const long MostCharacters = 8_000_000;

    private const int Longest = 512, Shortest = 32;

    private readonly Dictionary<string, ImageLayers> _layers = [];

    /// <summary>Reads images again, on all cores. Those that cannot be read any more are left out, and named.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="source">Gives an image by its name.</param>
    /// <param name="labels">The classes.</param>
    public ReportImages(IEnumerable<string> names, Func<string, SegmentationReportImage?>? source, LabelMap labels)
    {
        if (source is null)
            return;
        string[] wanted = [.. names.Distinct(StringComparer.Ordinal)];
        for (int longest = Longest; ; longest = Math.Max(Shortest, (int)(longest * Math.Sqrt((double)MostCharacters / Length) * 0.95)))
        {
            Read(wanted, source, labels, longest);
            if (Length <= MostCharacters || longest == Shortest)
                return;
        }
    }

    /// <summary>Images without pictures, and why.</summary>
    public IReadOnlyList<(string Name, string Reason)> Missing { get; private set; } = [];

    /// <summary>Whether there are pictures at all.</summary>
    public bool Any => _layers.Count > 0;

    private long Length => _layers.Values.Sum(layers => layers.Length);

    /// <summary>The pictures of an image; null where there are none.</summary>
    public ImageLayers? Find(string name) => _layers.GetValueOrDefault(name);

    private void Read(string[] names, Func<string, SegmentationReportImage?> source, LabelMap labels, int longest)
    {
        _layers.Clear();
        var read = names.AsParallel().AsOrdered().Select(name => (Name: name, Result: TryRead(name, source, labels, longest))).ToArray();
        foreach (var (name, (layers, _)) in read)
        {
            if (layers is not null)
                _layers.Add(name, layers);
        }

        Missing = [.. read.Where(one => one.Result.Reason is not null).Select(one => (one.Name, one.Result.Reason!))];
    }

    private static (ImageLayers? Layers, string? Reason) TryRead(string name, Func<string, SegmentationReportImage?> source, LabelMap labels, int longest)
    {
        try
        {
            return source(name) is { } image ? (ImageLayers.Of(image, labels, longest), null) : (null, null);
        }
        catch (Exception e) when (Data.SampleFaults.IsOfFile(e))
        {
            return (null, e.Message);
        }
    }
}
