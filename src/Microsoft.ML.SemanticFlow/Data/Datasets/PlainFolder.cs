// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>The layout for data of one's own: train, val, test, each with images and labels, and a table of the classes.</summary>
internal static class PlainFolder
{
    private const string Table = "classes.csv";

    /// <summary>What most layouts call a split.</summary>
    public static string NameOf(DatasetSplit split) => split switch
    {
        DatasetSplit.Train => "train",
        DatasetSplit.Validation => "val",
        DatasetSplit.Test => "test",
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "The split has no folder of its own."),
    };

    /// <summary>The images of a split with their labels, which those of the test split may lack.</summary>
    public static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading)
    {
        string images = Path.Combine(root, NameOf(split), "images"), labels = Path.Combine(root, NameOf(split), "labels");
        return ImageFolder.List(images, split == DatasetSplit.Test && !Directory.Exists(labels) ? null : labels, reading);
    }

    /// <summary>The classes by their table; null when there is none.</summary>
    public static LabelMap? ReadLabels(string root) => Path.Combine(root, Table) is var path && File.Exists(path) ? LabelMap.Load(path) : null;
}
