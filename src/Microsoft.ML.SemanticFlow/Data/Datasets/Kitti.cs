// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>KITTI's semantic segmentation: 200 images, of which one of three lists is validated on.</summary>
internal static class Kitti
{
    private const string Title = "KITTI";

    // The papers' code names the images by their places in the sorted list of 200, which are their numbers.
    private static readonly int[][] _validation =
    [
        [1, 5, 11, 29, 35, 49, 57, 68, 72, 82, 93, 115, 119, 130, 145, 154, 156, 167, 169, 189, 198],
        [0, 12, 24, 31, 42, 50, 63, 71, 84, 96, 101, 112, 121, 133, 141, 155, 164, 171, 187, 191, 197],
        [3, 6, 13, 21, 41, 54, 61, 73, 88, 91, 110, 121, 126, 131, 142, 149, 150, 163, 173, 183, 199],
    ];

    public static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading, int fold)
    {
        if (split == DatasetSplit.Test)
            return ImageFolder.List(DatasetRoot.Find(root, Title, "testing/image_2"), null, reading);

        string images = DatasetRoot.Find(root, Title, "training/image_2"), labels = DatasetRoot.Find(root, Title, "training/semantic");
        return ImageFolder.List(images, labels, reading, ImageNaming.Same with
        {
            LabelOf = name => NumberOf(name) is null ? null : name,
            Form = "000000_10",
            IsWanted = name => NumberOf(name) is not { } number || _validation[fold].Contains(number) == (split == DatasetSplit.Validation),
        });
    }

    private static int? NumberOf(string name) =>
        int.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('_', StringComparison.Ordinal))), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
