// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Inspection;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a look at a data set found: how much there is of what, and what is wrong.</summary>
/// <example>
/// <code>
/// var inspection = ml.SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, "my-data");
/// Console.WriteLine(inspection.IsClean ? "nothing is wrong" : $"{inspection.Findings.Count} findings");
/// Console.WriteLine($"train with crops of {inspection.SuggestedCrop}");
/// inspection.SaveReport("inspection.html");
/// </code>
/// </example>
public sealed class DatasetInspection
{
    private const double RareShare = 0.01;
    private const int LargestCrop = 1024, CropStep = 32;

    internal DatasetInspection(
        SegmentationDatasetInfo dataset, string root, LabelMap labels, IReadOnlyList<DatasetSplitSummary> splits, IReadOnlyList<DatasetFinding> findings)
    {
        (Dataset, Root, Labels, Splits, Findings) = (dataset, root, labels, splits, findings);
        var train = splits.FirstOrDefault(split => split.Split == DatasetSplit.Train);
        long counted = train?.ClassPixels.Sum() ?? 0;
        SuggestedClassWeights = counted == 0 ? [] : ClassWeights.FromPixelCounts(train!.ClassPixels);
        HasRareClasses = counted > 0 && train!.ClassPixels.Any(pixels => pixels < RareShare * counted);
        int side = train is { Sizes.Count: > 0 } ? train.Sizes.Min(size => Math.Min(size.Height, size.Width)) : 0;
        SuggestedCrop = Math.Clamp(side / CropStep * CropStep, CropStep, LargestCrop);
    }

    /// <summary>The data set.</summary>
    public SegmentationDatasetInfo Dataset { get; }

    /// <summary>Its folder.</summary>
    public string Root { get; }

    /// <summary>Its classes.</summary>
    public LabelMap Labels { get; }

    /// <summary>Its splits that are there.</summary>
    public IReadOnlyList<DatasetSplitSummary> Splits { get; }

    /// <summary>All that was found, in the order of the kinds, and in each of the files.</summary>
    public IReadOnlyList<DatasetFinding> Findings { get; }

    /// <summary>Whether nothing is wrong; notes do not count.</summary>
    public bool IsClean => Findings.All(finding => finding.IsNote);

    /// <summary>A weight for each class in the loss, min(8, 1 / (6 ln(1.02 + p))) for a share p of the training pixels that count; empty where none do.</summary>
    public IReadOnlyList<float> SuggestedClassWeights { get; }

    /// <summary>Whether a class has less than a hundredth of the training pixels: weighing classes and drawing crops around them then pays.</summary>
    public bool HasRareClasses { get; }

    /// <summary>The side of a training crop that every training image holds, a multiple of 32 of at most 1024 pixels.</summary>
    public int SuggestedCrop { get; }

    /// <summary>The first images of each class.</summary>
    internal IReadOnlyList<InspectedExample> Examples { get; init; } = [];

    /// <summary>How label files are read.</summary>
    internal LabelFiles Files { get; init; } = null!; // whoever makes one says it
}
