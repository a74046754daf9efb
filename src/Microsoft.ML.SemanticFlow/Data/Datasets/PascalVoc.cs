// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>PASCAL VOC 2012, or masks in its layout: a list names the images of each split.</summary>
internal static class PascalVoc
{
    public static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading)
    {
        const string Title = "PASCAL VOC";
        string devkit = Path.GetDirectoryName(DatasetRoot.Find(root, Title, "JPEGImages", "VOC2012/JPEGImages", "VOCdevkit/VOC2012/JPEGImages"))!; // it ends in a name
        string list = Path.Combine(devkit, "ImageSets", "Segmentation", PlainFolder.NameOf(split) + ".txt");
        if (!File.Exists(list))
            throw new FileNotFoundException($"'{list}', which names the images of the split, does not exist. Unpack the whole archive.", list);

        var places = new Dictionary<string, int>();
        foreach (string line in File.ReadLines(list))
        {
            if (line.Trim() is { Length: > 0 } name)
                places.TryAdd(name, places.Count);
        }

        var seen = new HashSet<string>();
        bool isTest = split == DatasetSplit.Test;
        var samples = ImageFolder.List(Path.Combine(devkit, "JPEGImages"), Path.Combine(devkit, "SegmentationClass"), reading, ImageNaming.Same with
        {
            IsWanted = IsListed,
            MayLackLabels = isTest,
        });
        var faults = new SampleFaults(reading, $"'{list}'");
        foreach (string name in places.Keys.Where(name => !seen.Contains(name)))
            faults.Add(name, new FileNotFoundException($"'{list}' names '{name}', and there is no such image in '{Path.Combine(devkit, "JPEGImages")}'. Copy it anew, or leave the line out.", name));
        faults.RequireShare(samples.Count);
        return [.. samples.OrderBy(sample => places[Path.GetFileNameWithoutExtension(sample.ImagePath)])];

        bool IsListed(string name)
        {
            seen.Add(name);
            return places.ContainsKey(name);
        }
    }
}
