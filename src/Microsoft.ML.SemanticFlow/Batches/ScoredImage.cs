// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>An image of a folder that was scored.</summary>
/// <example>
/// <code>
/// var names = new FolderOutput(["-size.txt"], PredictionDetails.None, (ScoredImage image) =>
///     File.WriteAllText(image.PathOf("-size.txt"), $"{image.Name}: {image.Prediction.Mask.Height} rows"));
/// ml.SemanticSegmentation.ScoreFolder(segmenter, "photos", "masks", new FolderScoringOptions { Outputs = [names] });
/// </code>
/// </example>
public sealed class ScoredImage
{
    private readonly string _stem;

    internal ScoredImage(int index, string name, string path, string stem, SegmentationPrediction prediction) =>
        (Index, Name, Path, _stem, Prediction) = (index, name, path, stem, prediction);

    /// <summary>Its place among those that are scored in this process, from 0.</summary>
    public int Index { get; }

    /// <summary>Its path below the folder of images, with <c>/</c>.</summary>
    public string Name { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its mask, with the details that were asked for.</summary>
    public SegmentationPrediction Prediction { get; }

    /// <summary>The file to write that ends so; its folder exists.</summary>
    /// <param name="ending">One of the output's.</param>
    public string PathOf(string ending) => _stem + ending;
}
