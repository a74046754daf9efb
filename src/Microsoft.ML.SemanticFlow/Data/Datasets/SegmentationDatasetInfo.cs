// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Data.Datasets;

namespace Microsoft.ML.SemanticFlow;

/// <summary>One data set: how its files lie, what the ids in its label files mean, and where it comes from.</summary>
/// <example>
/// <code>
/// SegmentationDatasetInfo cityscapes = SegmentationDatasets.Get("cityscapes");
/// Console.WriteLine(cityscapes.Labels);                                           // prints Cityscapes (19 classes)
/// Console.WriteLine(cityscapes.PublishedCounts[DatasetSplit.Train]);              // prints 2975
/// </code>
/// </example>
public sealed class SegmentationDatasetInfo
{
    private readonly Func<string, DatasetSplit, ReadingOptions, IReadOnlyList<SegmentationSample>> _list;

    /// <param name="id">The id.</param>
    /// <param name="title">One line for people.</param>
    /// <param name="layout">The tree in one line.</param>
    /// <param name="list">The samples of a root folder and a split, in an order that is the same everywhere; it is asked for one split at a time.</param>
    internal SegmentationDatasetInfo(string id, string title, string layout, Func<string, DatasetSplit, ReadingOptions, IReadOnlyList<SegmentationSample>> list) =>
        (Id, Title, Layout, _list) = (id, title, layout, list);

    /// <summary>The id used on the command line, such as <c>camvid</c>.</summary>
    public string Id { get; }

    /// <summary>One line for people.</summary>
    public string Title { get; }

    /// <summary>The folders and files below the root, in one line.</summary>
    public string Layout { get; }

    /// <summary>The splits that it is published in.</summary>
    public IReadOnlyList<DatasetSplit> Splits { get; internal init; } = [DatasetSplit.Train, DatasetSplit.Validation, DatasetSplit.Test, DatasetSplit.TrainAndValidation];

    /// <summary>What the ids in its label files mean; null where the user brings it.</summary>
    public LabelMap? Labels { get; internal init; }

    /// <summary>Which ids its label files hold.</summary>
    public MaskIds Ids { get; internal init; }

    /// <summary>Where it is published; null where the user brings it.</summary>
    public Uri? Source { get; internal init; }

    /// <summary>What its publishers allow.</summary>
    public string Licence { get; internal init; } = "";

    /// <summary>How to get it, and into which folders.</summary>
    public string HowToGet { get; internal init; } = "";

    /// <summary>How many images a split is published with; splits that nobody counted are not in it.</summary>
    public IReadOnlyDictionary<DatasetSplit, int> PublishedCounts { get; internal init; } = new Dictionary<DatasetSplit, int>();

    /// <summary>The sources of a set that is made of several, in the order of their images; the column Source names them. Empty for others.</summary>
    public IReadOnlyList<SegmentationDatasetSource> Sources { get; internal init; } = [];

    /// <summary>The root folder that the environment names by the data set's own variable, such as CITYSCAPES_DATASET; null without one.</summary>
    public string? DefaultRoot => RootVariable is { } name && Environment.GetEnvironmentVariable(name) is { Length: > 0 } root ? root : null;

    /// <summary>What the server of its benchmark takes; null where there is none.</summary>
    internal SubmissionForm? Submission { get; init; }

    /// <summary>Paths below a root, all of one list of which show that it is this data set's and no other's; none where others look alike.</summary>
    internal IReadOnlyList<IReadOnlyList<string>> Marks { get; init; } = [];

    /// <summary>The environment variable that names the root; null where the data set's own tools know none.</summary>
    internal string? RootVariable { get; init; }

    /// <summary>Finds a label map beside the data, such as classes.csv; null where the data set is read with its own, or has none.</summary>
    internal Func<string, LabelMap?> FindLabels { get; init; } = static _ => null;

    /// <summary>What the ids in the label files of a root folder mean.</summary>
    /// <param name="root">The root folder.</param>
    /// <returns><see cref="Labels"/> where there are some; else the label map that lies in the folder, or null when none does.</returns>
    /// <exception cref="InvalidDataException">The label map in the folder is not one.</exception>
    public LabelMap? ReadLabels(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        return Labels ?? FindLabels(root);
    }

    /// <inheritdoc/>
    public override string ToString() => Id;

    /// <summary>Says that a split has another number of images than it is published with; null where it has not, or nobody knows.</summary>
    internal string? FindDifference(DatasetSplit split, int count)
    {
        int published = split == DatasetSplit.TrainAndValidation && PublishedCounts.ContainsKey(DatasetSplit.Train)
            ? PublishedCounts.GetValueOrDefault(DatasetSplit.Train) + PublishedCounts.GetValueOrDefault(DatasetSplit.Validation)
            : PublishedCounts.GetValueOrDefault(split);
        return published == 0 || published == count ? null : $"{Title}, {split}, has {count} images here, and is published with {published}.";
    }

    /// <summary>The samples of a split.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such split; the message lists those there are.</exception>
    internal IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading)
    {
        if (!Splits.Contains(split))
            throw new ArgumentOutOfRangeException(nameof(split), split, $"{Title} has the splits {string.Join(", ", Splits)}.");
        return split == DatasetSplit.TrainAndValidation
            ? [.. _list(root, DatasetSplit.Train, reading), .. _list(root, DatasetSplit.Validation, reading)]
            : _list(root, split, reading);
    }
}
