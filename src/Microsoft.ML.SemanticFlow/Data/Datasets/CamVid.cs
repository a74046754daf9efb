// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>CamVid as SegNet's authors laid it out: train, val, test with images, and beside each its annot folder.</summary>
internal static class CamVid
{
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
}
