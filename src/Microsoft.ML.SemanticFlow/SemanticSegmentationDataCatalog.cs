// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Data.Datasets;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Readers of label folders: each gives the text columns ImagePath and LabelPath, one row an image, in a stable order.</summary>
/// <remarks>The column LabelPath carries what the ids in the files mean, to where they are loaded; filters and splits of the rows keep it.</remarks>
public sealed class SemanticSegmentationDataCatalog
{
    private readonly IHostEnvironment _environment;

    internal SemanticSegmentationDataCatalog(IHostEnvironment environment) => _environment = environment;

    /// <summary>A split of a data set.</summary>
    /// <param name="dataset">One of <see cref="SegmentationDatasets"/>.</param>
    /// <param name="root">The folder that holds it, laid out as <see cref="SegmentationDatasetInfo.Layout"/> shows.</param>
    /// <param name="split">Which of its splits.</param>
    /// <param name="labels">What the ids in the label files mean, such as a map with classes merged; null takes <see cref="SegmentationDatasetInfo.ReadLabels"/>.</param>
    /// <param name="ids">Which ids the label files hold; null takes <see cref="SegmentationDatasetInfo.Ids"/>.</param>
    /// <returns>Column ImagePath and, where there are labels, LabelPath.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The data set has no such split.</exception>
    /// <exception cref="DirectoryNotFoundException">A folder of the split is missing.</exception>
    /// <exception cref="FileNotFoundException">There is no image, or an image has no label.</exception>
    /// <exception cref="InvalidDataException">The label map beside the data is not one.</exception>
    public IDataView Load(SegmentationDatasetInfo dataset, string root, DatasetSplit split, LabelMap? labels = null, MaskIds? ids = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrEmpty(root);
        return View($"{dataset.Title}, {split}, in '{root}'", dataset.List(root, split), labels ?? dataset.ReadLabels(root), ids ?? dataset.Ids);
    }

    /// <summary>CamVid: folders train, val, test with images, trainannot, valannot, testannot with labels of the same name.</summary>
    /// <param name="root">The folder that holds them.</param>
    /// <param name="split">Which of them.</param>
    /// <param name="labels">What the ids in the label files mean; null takes <see cref="LabelMaps.CamVid"/>.</param>
    /// <param name="ids">Which ids the label files hold; null takes raw ids.</param>
    /// <returns>Columns ImagePath and LabelPath.</returns>
    /// <exception cref="DirectoryNotFoundException">A folder of the split is missing.</exception>
    /// <exception cref="FileNotFoundException">There is no image, or an image has no label.</exception>
    public IDataView CamVid(string root, DatasetSplit split, LabelMap? labels = null, MaskIds? ids = null) =>
        Load(SegmentationDatasets.CamVid, root, split, labels, ids);

    /// <summary>Images of a folder and its subfolders, each with the label PNG of the same relative path and stem.</summary>
    /// <param name="imagesDirectory">The images: .png, .jpg, .jpeg, .bmp, .webp.</param>
    /// <param name="labelsDirectory">The labels; null when the images are only to be scored.</param>
    /// <param name="labels">What the ids in the label files mean; null leaves it to who loads them.</param>
    /// <param name="ids">Which ids the label files hold; null leaves it to who loads them.</param>
    /// <returns>Column ImagePath and, with labels, LabelPath; rows in ordinal order of the relative paths.</returns>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">There is no image, or an image has no label.</exception>
    public IDataView Folder(string imagesDirectory, string? labelsDirectory = null, LabelMap? labels = null, MaskIds? ids = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagesDirectory);
        return View($"'{imagesDirectory}'", ImageFolder.List(imagesDirectory, labelsDirectory), labels, ids);
    }

    private SampleView View(string source, IReadOnlyList<SegmentationSample> samples, LabelMap? labels, MaskIds? ids)
    {
        using var channel = _environment.Start("Listing");
        channel.Info(MessageSensitivity.None, "{0}: {1} images", source, samples.Count);
        return new SampleView(samples, labels, ids);
    }
}
