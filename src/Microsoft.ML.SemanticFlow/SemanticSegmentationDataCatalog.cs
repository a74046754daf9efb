// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Data.Datasets;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Readers of label folders: each gives the text columns ImagePath and LabelPath, one row an image, in a stable order.</summary>
public sealed class SemanticSegmentationDataCatalog
{
    private readonly IHostEnvironment _environment;

    internal SemanticSegmentationDataCatalog(IHostEnvironment environment) => _environment = environment;

    /// <summary>CamVid: folders train, val, test with images, trainannot, valannot, testannot with labels of the same name.</summary>
    /// <param name="root">The folder that holds them.</param>
    /// <param name="split">Which of them.</param>
    /// <returns>Columns ImagePath and LabelPath.</returns>
    /// <exception cref="DirectoryNotFoundException">A folder of the split is missing.</exception>
    /// <exception cref="FileNotFoundException">There is no image, or an image has no label.</exception>
    public IDataView CamVid(string root, DatasetSplit split)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        return View($"CamVid {split} in '{root}'", Data.Datasets.CamVid.List(root, split));
    }

    /// <summary>Images of a folder and its subfolders, each with the label PNG of the same relative path and stem.</summary>
    /// <param name="imagesDirectory">The images: .png, .jpg, .jpeg, .bmp, .webp.</param>
    /// <param name="labelsDirectory">The labels; null when the images are only to be scored.</param>
    /// <returns>Column ImagePath and, with labels, LabelPath; rows in ordinal order of the relative paths.</returns>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">There is no image, or an image has no label.</exception>
    public IDataView Folder(string imagesDirectory, string? labelsDirectory = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagesDirectory);
        return View($"'{imagesDirectory}'", ImageFolder.List(imagesDirectory, labelsDirectory));
    }

    private SampleView View(string source, IReadOnlyList<SegmentationSample> samples)
    {
        using var channel = _environment.Start("Listing");
        channel.Info(MessageSensitivity.None, "{0}: {1} images", source, samples.Count);
        return new SampleView(samples);
    }
}
