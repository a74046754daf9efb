// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>IDD with the label files that its own tool makes of its polygons, by any of its kinds of ids.</summary>
internal static class Idd
{
    private const string Image = "_leftImg8bit";

    /// <param name="Ending">How the label files end.</param>
    /// <param name="Labels">What their ids mean.</param>
    /// <param name="Ids">Which ids they hold.</param>
    private sealed record Kind(string Ending, LabelMap Labels, MaskIds Ids);

    // The first is what the data set says of itself.
    private static readonly Kind[] _level3 = [new("_gtFine_labelids", LabelMaps.Idd, MaskIds.Raw), new("_gtFine_labellevel3Ids", LabelMaps.Idd, MaskIds.Train)];

    private static readonly Kind[] _cityscapes =
    [
        new("_gtFine_labelids", LabelMaps.IddCityscapes, MaskIds.Raw),
        new("_gtFine_labelcsTrainIds", LabelMaps.IddCityscapes, MaskIds.Train),
        new("_gtFine_labelcsIds", LabelMaps.Cityscapes, MaskIds.Raw),
    ];

    /// <summary>With the 26 classes of level 3.</summary>
    public static IReadOnlyList<SegmentationSample> ListLevel3(string root, DatasetSplit split, ReadingOptions reading) => List(root, split, _level3, reading);

    /// <summary>With the 19 classes of Cityscapes.</summary>
    public static IReadOnlyList<SegmentationSample> ListCityscapes(string root, DatasetSplit split, ReadingOptions reading) => List(root, split, _cityscapes, reading);

    private static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, Kind[] kinds, ReadingOptions reading)
    {
        string name = PlainFolder.NameOf(split);
        string images = DatasetRoot.Find(root, "IDD", $"leftImg8bit/{name}");
        string? labels = split == DatasetSplit.Test ? DatasetRoot.TryFind(root, $"gtFine/{name}") : DatasetRoot.Find(root, "IDD", $"gtFine/{name}");
        if (labels is null)
            return ImageFolder.List(images, null, reading);
        var kind = kinds.FirstOrDefault(kind => Directory.EnumerateFiles(labels, $"*{kind.Ending}.png", SearchOption.AllDirectories).Any())
            ?? throw new FileNotFoundException(
                $"'{labels}' has no label files: IDD is published as polygons. Make them into masks with 'semanticflow dataset import --from idd --data \"{root}\"', " +
                $"or with IDD's own createLabels.py, whose files end in {string.Join(", ", kinds.Select(kind => kind.Ending + ".png"))}.");
        var samples = ImageFolder.List(images, labels, reading, ImageNaming.Replacing(Image, kind.Ending, stem => stem.Length > 0, "ID") with
        {
            Remedy = "Make it from the image's polygons, as the others were.",
        });
        if (kind == kinds[0])
            return samples;
        var part = new LabelPart(labels, kind.Labels, kind.Ids);
        return [.. samples.Select(sample => sample with { Part = part })];
    }
}
