// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>Mapillary Vistas 1.1, 1.2 and 2.0, with the classes that the configuration beside the images lists.</summary>
internal static class MapillaryVistas
{
    private const string Title = "Mapillary Vistas";
    private const string Unlabeled = "unlabeled";
    private const int MostBytes = 1 << 24; // the files have some 30 kB

    private static readonly string[] _first = ["config_v1.2.json", "config.json"], _second = ["config_v2.0.json"];

    public static IReadOnlyList<SegmentationSample> List1(string root, DatasetSplit split, ReadingOptions reading) => List(root, split, reading, "v1.2/labels", "labels");

    public static IReadOnlyList<SegmentationSample> List2(string root, DatasetSplit split, ReadingOptions reading) => List(root, split, reading, "v2.0/labels");

    public static LabelMap? ReadLabels1(string root) => ReadLabels(root, _first);

    public static LabelMap? ReadLabels2(string root) => ReadLabels(root, _second);

    private static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading, params string[] labels)
    {
        string name = split switch
        {
            DatasetSplit.Train => "training",
            DatasetSplit.Validation => "validation",
            _ => "testing",
        };
        string images = DatasetRoot.Find(root, Title, $"{name}/images");
        string[] candidates = [.. labels.Select(folder => $"{name}/{folder}")];
        bool isTest = split == DatasetSplit.Test;
        string? found = isTest ? DatasetRoot.TryFind(root, candidates) : DatasetRoot.Find(root, Title, candidates);
        return ImageFolder.List(images, found, reading, ImageNaming.Same with { MayLackLabels = isTest });
    }

    private static LabelMap? ReadLabels(string root, string[] names)
    {
        string? path = names.Select(name => Path.Combine(root, name)).FirstOrDefault(File.Exists);
        return path is null ? null : Parse(path);
    }

    /// <summary>Reads a configuration: an id is a label's place in it.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    private static LabelMap Parse(string path)
    {
        using var file = RegularFile.OpenRead(path);
        if (file.Length > MostBytes)
            throw Fault($"it has {file.Length} bytes, and no configuration is that large");
        try
        {
            using var document = JsonDocument.Parse(file);
            int id = 0, trainId = 0;
            var rows = new List<string>();
            foreach (var label in document.RootElement.GetProperty("labels").EnumerateArray())
            {
                string name = label.GetProperty("readable").GetString() ?? "";
                byte[] color = [.. label.GetProperty("color").EnumerateArray().Select(channel => channel.GetByte())];
                if (color.Length != 3)
                    throw Fault($"label {id} has {color.Length} numbers as its color");
                bool isClass = !name.Equals(Unlabeled, StringComparison.OrdinalIgnoreCase);
                rows.Add(FormattableString.Invariant($"{Csv.Quote(name)},{id++},{(isClass ? trainId++ : LabelMap.IgnoreId)},{color[0]},{color[1]},{color[2]}\n"));
            }

            return LabelMap.Parse($"{Title} ({Path.GetFileNameWithoutExtension(path)})", "name,raw_id,train_id,r,g,b\n" + string.Concat(rows));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Fault(Excerpt.Of(e.Message), e);
        }

        InvalidDataException Fault(string why, Exception? inner = null) =>
            new($"'{path}' is no configuration of {Title}: {why.TrimEnd('.')}. Copy it anew from the download.", inner);
    }
}
