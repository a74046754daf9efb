// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.RegularExpressions;

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>Cityscapes as its scripts lay it out, or with each archive unpacked into a folder of its own.</summary>
internal static partial class Cityscapes
{
    private const string Image = "_leftImg8bit";

    public static IReadOnlyList<SegmentationSample> ListFine(string root, DatasetSplit split, ReadingOptions reading) =>
        List(root, PlainFolder.NameOf(split), "trainvaltest", "gtFine", reading, split == DatasetSplit.Test);

    public static IReadOnlyList<SegmentationSample> ListCoarse(string root, DatasetSplit split, ReadingOptions reading) => split == DatasetSplit.TrainExtra
        ? List(root, "train_extra", "trainextra", "gtCoarse", reading)
        : List(root, PlainFolder.NameOf(split), "trainvaltest", "gtCoarse", reading);

    private static IReadOnlyList<SegmentationSample> List(string root, string split, string archive, string kind, ReadingOptions reading, bool mayLackLabels = false)
    {
        string images = DatasetRoot.Find(root, "Cityscapes", $"leftImg8bit/{split}", $"leftImg8bit_{archive}/leftImg8bit/{split}");
        string[] candidates = [$"{kind}/{split}", $"{kind}_trainvaltest/{kind}/{split}", $"{kind}/{kind}/{split}"];
        string? labels = mayLackLabels ? DatasetRoot.TryFind(root, candidates) : DatasetRoot.Find(root, "Cityscapes", candidates);
        var naming = ImageNaming.Replacing(Image, $"_{kind}_labelIds", stem => Stem().IsMatch(stem), "CITY_000000_000000");
        return ImageFolder.List(images, labels, reading, naming with
        {
            MayLackLabels = mayLackLabels,
            Remedy = "Unpack the label archive over it, or make the files from its polygons: 'semanticflow dataset import --from cityscapes'.",
        });
    }

    // A city may have a hyphen.
    [GeneratedRegex("^.+_[0-9]{6}_[0-9]{6}$", RegexOptions.CultureInvariant)]
    private static partial Regex Stem();
}
