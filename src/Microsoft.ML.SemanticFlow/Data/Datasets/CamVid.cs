// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>CamVid as SegNet's authors laid it out: train, val, test with images, and beside each its annot folder.</summary>
internal static class CamVid
{
    public static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split)
    {
        string[] folders = split switch
        {
            DatasetSplit.Train => ["train"],
            DatasetSplit.Validation => ["val"],
            DatasetSplit.Test => ["test"],
            DatasetSplit.TrainAndValidation => ["train", "val"],
            _ => throw new ArgumentOutOfRangeException(nameof(split), split, "CamVid has the splits Train, Validation, Test and TrainAndValidation."),
        };

        foreach (string folder in folders.SelectMany(folder => new[] { folder, folder + "annot" }))
        {
            if (!Directory.Exists(Path.Combine(root, folder)))
            {
                throw new DirectoryNotFoundException(
                    $"'{root}' is not a CamVid folder: it has no '{folder}'. Expected are train, trainannot, val, valannot, test and testannot.");
            }
        }

        return [.. folders.SelectMany(folder => ImageFolder.List(Path.Combine(root, folder), Path.Combine(root, folder + "annot")))];
    }
}
