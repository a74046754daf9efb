// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Data.Annotations.Import;
using Microsoft.ML.SemanticFlow.Data.Datasets;
using Microsoft.ML.SemanticFlow.Inspection;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Readers of label folders: each gives the text columns ImagePath and LabelPath, one row an image, in a stable order.</summary>
/// <remarks>The column LabelPath carries what the ids in the files mean, to where they are loaded; filters and splits of the rows keep it.</remarks>
/// <example>
/// <code>
/// IDataView camvid = ml.SemanticSegmentation.Data.CamVid("data/camvid", DatasetSplit.Train);
/// IDataView ours = ml.SemanticSegmentation.Data.Folder("images", "labels", LabelMaps.CamVid);     // pairs files by name
/// IDataView both = ml.SemanticSegmentation.Data.Combine(("camvid", camvid), ("ours", ours));
/// </code>
/// </example>
public sealed class SemanticSegmentationDataCatalog
{
    private readonly IHostEnvironment _environment;

    internal SemanticSegmentationDataCatalog(IHostEnvironment environment) => _environment = environment;

    /// <summary>A split of a data set.</summary>
    /// <param name="dataset">One of <see cref="SegmentationDatasets"/>.</param>
    /// <param name="root">The folder that holds it, laid out as <see cref="SegmentationDatasetInfo.Layout"/> shows; null takes
    /// <see cref="SegmentationDatasetInfo.DefaultRoot"/>.</param>
    /// <param name="split">Which of its splits.</param>
    /// <param name="labels">What the ids in the label files mean, such as a map with classes merged; null takes <see cref="SegmentationDatasetInfo.ReadLabels"/>.
    /// Where the label files hold ids of several kinds, it says what becomes of the raw ids of <see cref="SegmentationDatasetInfo.Labels"/>.</param>
    /// <param name="ids">Which ids the label files hold; null takes <see cref="SegmentationDatasetInfo.Ids"/>.</param>
    /// <param name="reading">What becomes of images that cannot be used, and who is told; null stops at the first, and the log tells what
    /// was passed over.</param>
    /// <returns>Column ImagePath and, where there are labels, LabelPath; in a set of several sources, Source.</returns>
    /// <remarks>A number of images other than the published one is a warning in the log.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The data set has no such split.</exception>
    /// <exception cref="ArgumentException">No root is given, and none is in the environment; or the label files hold ids of several kinds, and
    /// other ones are asked for.</exception>
    /// <exception cref="DirectoryNotFoundException">A folder of the split is missing.</exception>
    /// <exception cref="FileNotFoundException">There is no image, or an image has no label.</exception>
    /// <exception cref="InvalidDataException">The label map beside the data is not one.</exception>
    public IDataView Load(SegmentationDatasetInfo dataset, string? root, DatasetSplit split, LabelMap? labels = null, MaskIds? ids = null, ReadingOptions? reading = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        root = RootOf(dataset, root);
        return View(
            $"{dataset.Title}, {split}, in '{root}'", options => Adapt(dataset, dataset.List(root, split, options), labels, ids), reading,
            labels ?? dataset.ReadLabels(root), ids ?? dataset.Ids, count => dataset.FindDifference(split, count));
    }

    /// <summary>Looks at every file of a data set before it is trained on: how much there is of what, and what is wrong.</summary>
    /// <param name="dataset">One of <see cref="SegmentationDatasets"/>.</param>
    /// <param name="root">The folder that holds it; null takes <see cref="SegmentationDatasetInfo.DefaultRoot"/>.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <returns>Counts and findings; splits that are not there are left out.</returns>
    /// <remarks>Files are decoded on all cores, one after another: memory grows by some 400 bytes an image.</remarks>
    /// <exception cref="ArgumentException">No root is given, and none is in the environment.</exception>
    /// <exception cref="IOException">No split is there.</exception>
    /// <exception cref="InvalidDataException">The label map beside the data is not one.</exception>
    public DatasetInspection Inspect(SegmentationDatasetInfo dataset, string? root, DatasetInspectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        using var channel = _environment.Start("Inspecting");
        var inspection = DatasetInspector.Run(dataset, RootOf(dataset, root), options ?? new DatasetInspectionOptions());
        channel.Info(MessageSensitivity.None, "{0} in '{1}': {2} findings", dataset.Title, inspection.Root, inspection.Findings.Count);
        return inspection;
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
    /// <param name="imagesDirectory">The images: .png, .jpg, .jpeg, .jpe, .jfif, .bmp, .dib, .webp, .gif, in small or capital
    /// letters.</param>
    /// <param name="labelsDirectory">The labels, ending in .png; null when the images are only to be scored.</param>
    /// <param name="labels">What the ids in the label files mean; null leaves it to who loads them.</param>
    /// <param name="ids">Which ids the label files hold; null leaves it to who loads them.</param>
    /// <param name="reading">What becomes of images that cannot be used, and who is told; null stops at the first, and the log tells what
    /// was passed over.</param>
    /// <returns>Column ImagePath and, with labels, LabelPath; rows in ordinal order of the relative paths.</returns>
    /// <remarks>
    /// Links are followed, and each real folder is read once. Passed over are hidden folders, those of results that this library's tool
    /// marked, and
    /// files that macOS leaves beside others (<c>._a.png</c>).
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">There is no image, or an image has no label.</exception>
    /// <exception cref="InvalidDataException">Two images have one stem, or a file does not pass <see
    /// cref="ReadingOptions.CheckFiles"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder cannot be read.</exception>
    public IDataView Folder(string imagesDirectory, string? labelsDirectory = null, LabelMap? labels = null, MaskIds? ids = null, ReadingOptions? reading = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(imagesDirectory);
        return View($"'{imagesDirectory}'", options => ImageFolder.List(imagesDirectory, labelsDirectory, options), reading, labels, ids);
    }

    /// <summary>Puts data sets together as the sources of one, to train or evaluate on all of them.</summary>
    /// <param name="sets">The sets, as readers of this catalog give them, each with the name that the column Source gets; at least one.</param>
    /// <returns>Columns ImagePath, LabelPath and Source: the rows of the sets one after another. The label files of each are read as its own reader says.</returns>
    /// <remarks>
    /// <see cref="SegmentationDatasets.Uds"/> is such a set. The trainer draws from the sources by its SourceWeights, and tells the mIoU of each.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no set, two have one name, one lacks a column or a label map, or they differ in their classes.</exception>
    public IDataView Combine(params IReadOnlyList<(string Source, IDataView Set)> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        if (sets.Count == 0)
            throw new ArgumentException("There is no data set to combine.", nameof(sets));
        foreach (var (source, set) in sets)
        {
            ArgumentException.ThrowIfNullOrEmpty(source, nameof(sets));
            ArgumentNullException.ThrowIfNull(set, nameof(sets));
        }

        if (sets.GroupBy(set => set.Source, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Two sources are called '{twice.Key}'. Give each a name of its own.", nameof(sets));
        using var channel = _environment.Start("Listing");
        var view = CombinedSamples.Of(sets);
        channel.Info(MessageSensitivity.None, "{0} images of {1} sources", view.GetRowCount(), sets.Count);
        return view;
    }

    /// <summary>Reads annotations as their tools wrote them, and writes them as <see cref="SegmentationDatasets.Folder"/> reads them.</summary>
    /// <param name="input">The folder that holds them, or one file: a COCO or Label Studio JSON, a CVAT XML, a data.yaml of Ultralytics.</param>
    /// <param name="output">The folder to write: <c>{train,val,test}/{images,labels}</c>, masks as 8-bit palette PNG of ids, and
    /// <c>classes.csv</c>. A new or empty one; or that of the same import, which then goes on.</param>
    /// <param name="options">Format, classes, background, order and more; null for the defaults.</param>
    /// <returns>What was read and written.</returns>
    /// <remarks>
    /// Every file appears whole or not at all. Of a file of annotations no more is held than a record for each image and, of COCO and Label
    /// Studio, the place of each annotation.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">There is no such input.</exception>
    /// <exception cref="InvalidDataException">The format cannot be told, the annotations are damaged or contradict their images, or the
    /// output holds something else.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is done stays.</exception>
    public AnnotationImportReport Import(string input, string output, AnnotationImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        ArgumentException.ThrowIfNullOrEmpty(output);
        using var channel = _environment.Start("Importing");
        var report = AnnotationImport.Run(input, output, options ?? new AnnotationImportOptions());
        channel.Info(MessageSensitivity.None, "{0}: {1} images of format {2}", input, report.Images.Values.Sum(), report.Format);
        foreach (string note in report.Notes)
            channel.Info(MessageSensitivity.None, "{0}", note);
        return report;
    }

    private static string RootOf(SegmentationDatasetInfo dataset, string? root)
    {
        root ??= dataset.DefaultRoot ?? throw new ArgumentException($"No folder of {dataset.Title} is " +
            $"given{(dataset.RootVariable is { } name ? $", and the environment variable {name} names none" : "")}.", nameof(root));
        ArgumentException.ThrowIfNullOrEmpty(root);
        return root;
    }

    // Where label files hold ids of several kinds, each kind goes to the caller's classes by those of the data set.
    private static IReadOnlyList<SegmentationSample> Adapt(SegmentationDatasetInfo dataset, IReadOnlyList<SegmentationSample> samples, LabelMap? labels, MaskIds? ids)
    {
        if (dataset.Labels is not { } classes || samples.All(sample => sample.Part is null))
            return samples;
        if (ids is { } asked && asked != dataset.Ids)
            throw new ArgumentException($"The label files of {dataset.Title} hold ids of several kinds, each of which is known: " +
                $"they cannot be read as {MaskAnnotations.WordOf(asked)} ids. Leave it out.", nameof(ids));
        if (labels is null || labels.ReadsAs(classes))
            return samples;
        var parts = samples.Select(sample => sample.Part).OfType<LabelPart>().Distinct().ToDictionary(part => part, part => part.Through(classes, labels));
        return [.. samples.Select(sample => sample.Part is { } part ? sample with { Part = parts[part] } : sample)];
    }

    private SampleView View(
        string source, Func<ReadingOptions, IReadOnlyList<SegmentationSample>> list, ReadingOptions? reading, LabelMap? labels, MaskIds? ids, Func<int, string?>? findFault = null)
    {
        using var channel = _environment.Start("Listing");
        var leftOut = new List<SkippedFile>();
        reading ??= new ReadingOptions();
        var samples = list(reading.LeftOut is null ? reading with { LeftOut = new Collected(leftOut) } : reading);
        channel.Info(MessageSensitivity.None, "{0}: {1} images", source, samples.Count);
        if (leftOut.Count > 0)
            channel.Warning(MessageSensitivity.None, "{0}: passed over {1}", source, SkippedFile.Summarize(leftOut));
        if (findFault?.Invoke(samples.Count) is { } fault)
            channel.Warning(MessageSensitivity.None, "{0}", fault);
        return new SampleView(samples, labels, ids);
    }

    private sealed class Collected(List<SkippedFile> files) : IProgress<SkippedFile>
    {
        public void Report(SkippedFile value) => files.Add(value);
    }
}
