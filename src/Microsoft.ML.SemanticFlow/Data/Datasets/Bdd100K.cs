// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>BDD100K's semantic segmentation, in the layout of its first years and in the one of today.</summary>
internal static class Bdd100K
{
    public static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading)
    {
        const string Title = "BDD100K";
        string name = PlainFolder.NameOf(split);
        string[] today = [$"images/10k/{name}", $"bdd100k/images/10k/{name}"];
        string[] before = [$"images/{name}", $"seg/images/{name}", $"bdd100k/seg/images/{name}"];
        string images = DatasetRoot.Find(root, Title, [.. today, .. before]);
        bool isToday = DatasetRoot.TryFind(root, today) is not null;
        string[] candidates = isToday
            ? [$"labels/sem_seg/masks/{name}", $"bdd100k/labels/sem_seg/masks/{name}"]
            : [$"labels/{name}", $"seg/labels/{name}", $"bdd100k/seg/labels/{name}"];
        string? labels = split == DatasetSplit.Test ? DatasetRoot.TryFind(root, candidates) : DatasetRoot.Find(root, Title, candidates);
        var naming = isToday ? ImageNaming.Same : ImageNaming.Adding("_train_id");
        return ImageFolder.List(images, labels, reading, naming with { MayLackLabels = split == DatasetSplit.Test });
    }
}
