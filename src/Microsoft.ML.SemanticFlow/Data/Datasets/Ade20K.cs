// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data.Datasets;

/// <summary>ADE20K as its scene parsing benchmark lays it out.</summary>
internal static class Ade20K
{
    public static IReadOnlyList<SegmentationSample> List(string root, DatasetSplit split, ReadingOptions reading)
    {
        const string Title = "ADE20K";
        string name = split == DatasetSplit.Train ? "training" : "validation";
        string images = DatasetRoot.Find(root, Title, $"images/{name}", $"ADEChallengeData2016/images/{name}");
        string labels = DatasetRoot.Find(root, Title, $"annotations/{name}", $"ADEChallengeData2016/annotations/{name}");
        return ImageFolder.List(images, labels, reading);
    }
}
