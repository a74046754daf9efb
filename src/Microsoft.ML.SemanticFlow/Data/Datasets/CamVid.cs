// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>CamVid as SegNet's authors laid it out, and as it was published.</summary>
internal static class CamVid
{
    /// <summary>train, val, test with images, and beside each its annot folder.</summary>
    public static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading)
    {
        string folder = PlainFolder.NameOf(split);
        foreach (string needed in new[] { folder, folder + "annot" })
        {
            if (!Directory.Exists(Path.Combine(root, needed)))
            {
                throw new DirectoryNotFoundException(
                    $"'{root}' is not a CamVid folder: it has no '{needed}'. Expected are train, trainannot, val, valannot, test and testannot.");
            }
        }

        return ImageFolder.List(Path.Combine(root, folder), Path.Combine(root, folder + "annot"), reading);
    }

    /// <summary>All 701 frames in one folder, and their masks in 32 colours in another.</summary>
    public static IReadOnlyList<SegmentationSample> ListOriginal(string root, DatasetSplit split, ReadingOptions reading)
    {
        string images = DatasetRoot.Find(root, "CamVid's 32 colours", "701_StillsRaw_full", "images"), labels = DatasetRoot.Find(root, "CamVid's 32 colours", "LabeledApproved_full", "labels");
        return ImageFolder.List(images, labels, reading, ImageNaming.Adding("_L") with { IsWanted = name => SplitOf(Path.GetFileName(name)) == split });
    }

    // The frames of SegNet's lists: a sequence at dusk and the end of one by day are to test on, a part of another by day to validate.
    private static DatasetSplit SplitOf(string frame)
    {
        string[] parts = frame.Split('_');
        _ = int.TryParse(parts[^1].TrimStart('f'), NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return (parts[0], number) switch
        {
            ("0016E5", >= 7959 and <= 8159) => DatasetSplit.Validation,
            ("0001TP", >= 8550) or ("Seq05VD", _) => DatasetSplit.Test,
            _ => DatasetSplit.Train,
        };
    }
}
