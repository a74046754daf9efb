// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>UDS: BDD100K, Mapillary Vistas, IDD and Cityscapes in one set, under the train ids of Cityscapes.</summary>
/// <remarks>
/// Li et al., IJCV 2023 (arXiv 2207.04415), the unified driving segmentation data set. The order is that of the authors' code. Label files
/// are read by their own ids, so that nothing need be converted before.
/// </remarks>
internal static class Uds
{
    /// <param name="Id">What the column Source says.</param>
    /// <param name="Folders">What its folder may be called.</param>
    /// <param name="List">Its samples.</param>
    /// <param name="Labels">What the ids in its label files mean.</param>
    /// <param name="Ids">Which ids they hold.</param>
    private sealed record Part(
        string Id, string[] Folders, Func<string, DatasetSplit, ReadingOptions, IReadOnlyList<SegmentationSample>> List, LabelMap Labels, MaskIds Ids);

    private static readonly Part[] _parts =
    [
        new("bdd", ["bdd", "bdd100k"], Bdd100K.List, LabelMaps.Cityscapes, MaskIds.Train),
        new("mapillary", ["mapillary", "Mapillary"], MapillaryVistas.List1, LabelMaps.MapillaryCityscapes, MaskIds.Raw),
        new("idd", ["IDD", "idd"], Idd.ListCityscapes, LabelMaps.IddCityscapes, MaskIds.Raw),
        new("cityscapes", ["cityscapes", "Cityscapes"], Cityscapes.ListFine, LabelMaps.Cityscapes, MaskIds.Raw),
    ];

    /// <summary>The sources, in their order. Every image weighs the same, as in the authors' code.</summary>
    public static IReadOnlyList<SegmentationDatasetSource> Sources { get; } = [.. _parts.Select(part => new SegmentationDatasetSource(part.Id))];

    public static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading) =>
        [.. _parts.SelectMany(part => ListPart(part, DatasetRoot.Find(root, "UDS", part.Folders), split, reading))];

    private static IEnumerable<SegmentationSample> ListPart(Part part, string folder, DatasetSplit split, ReadingOptions reading)
    {
        var otherwise = new LabelPart(folder, part.Labels, part.Ids);
        return part.List(folder, split, reading).Select(sample => sample with { Source = part.Id, Part = sample.Part ?? otherwise });
    }
}
