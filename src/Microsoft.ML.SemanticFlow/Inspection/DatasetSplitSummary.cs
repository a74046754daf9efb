// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a split holds.</summary>
/// <param name="Split">The split.</param>
/// <param name="ImageCount">Its images that can be read.</param>
/// <param name="LabelCount">Labels among them that can be read.</param>
/// <param name="Sizes">The sizes of its images, height and width, with how many have each; the most frequent first.</param>
/// <param name="ClassPixels">Pixels of each class, by train id.</param>
/// <param name="ClassImages">Images with a pixel of each class, by train id.</param>
/// <param name="IgnoredPixels">Pixels of none.</param>
/// <example>
/// <code>
/// foreach (var split in ml.SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, "my-data").Splits)
///     Console.WriteLine($"{split.Split}: {split.ImageCount} images, {split.LabelCount} labels");
/// </code>
/// </example>
public sealed record DatasetSplitSummary(
    DatasetSplit Split, int ImageCount, int LabelCount, IReadOnlyList<(int Height, int Width, int Count)> Sizes,
    IReadOnlyList<long> ClassPixels, IReadOnlyList<int> ClassImages, long IgnoredPixels);
