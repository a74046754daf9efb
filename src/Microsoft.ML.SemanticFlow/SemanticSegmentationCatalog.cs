// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Batches;
using Microsoft.ML.SemanticFlow.Evaluation;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Semantic segmentation: read, train, evaluate, load.</summary>
/// <example>
/// <code>
/// var scoring = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(ml.Transforms.SemanticFlow("camvid.onnx"));
/// SemanticSegmentationMetrics metrics = ml.SemanticSegmentation.Evaluate(scoring.Fit(val).Transform(val));
/// Console.WriteLine($"{metrics.MeanIoU:f3}");
/// </code>
/// </example>
public sealed partial class SemanticSegmentationCatalog
{
    private static readonly ConditionalWeakTable<MLContext, SemanticSegmentationCatalog> _catalogs = [];

    private readonly MLContext _context;

    private SemanticSegmentationCatalog(MLContext context)
    {
        _context = context;
        Data = new SemanticSegmentationDataCatalog(context);
        Trainers = new SemanticSegmentationTrainersCatalog(context);
    }

    /// <summary>Readers of label folders.</summary>
    public SemanticSegmentationDataCatalog Data { get; }

    /// <summary>The trainers; package Microsoft.ML.SemanticFlow.Training adds them.</summary>
    public SemanticSegmentationTrainersCatalog Trainers { get; }

    /// <summary>Compares predicted masks with the ground truth, pixel by pixel.</summary>
    /// <param name="data">Rows with both masks, of the same size in each row.</param>
    /// <param name="labelColumnName">The ground truth; pixels whose id is no class of the label map do not count.</param>
    /// <param name="predictedLabelColumnName">The predictions; an id that is no class counts as wrong.</param>
    /// <param name="labels">The classes, and masks are counted by id whatever their own maps say; null takes the map that the columns or their masks carry.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    /// <returns>Intersection over union, accuracies and the confusion matrix over all rows together.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or holds no masks.</exception>
    /// <exception cref="ArgumentException">The columns carry maps of different classes, or none at all.</exception>
    /// <exception cref="InvalidDataException">Two masks of a row differ in size, or a mask carries a map of other classes than its column; the message names the row.</exception>
    public SemanticSegmentationMetrics Evaluate(
        IDataView data, string labelColumnName = "Label", string predictedLabelColumnName = "PredictedLabel", LabelMap? labels = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(predictedLabelColumnName);
        return SegmentationEvaluator.Evaluate(_context, data, labelColumnName, predictedLabelColumnName, labels, cancellationToken).Metrics;
    }

    /// <summary>Loads a model file for use without a pipeline.</summary>
    /// <param name="path">An ONNX file that this library exported.</param>
    /// <param name="execution">Where and how the model runs; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The file cannot be read; <see cref="UnauthorizedAccessException"/> where it is a folder or may not be read.</exception>
    /// <exception cref="InvalidDataException">The file is no model of this library.</exception>
    public SegmentationModel LoadModel(string path, ExecutionOptions? execution = null)
    {
        using var channel = ((IHostEnvironment)_context).Start("Loading");
        var model = SegmentationModel.Load(path, ExecutionOptions.Of(_context, execution));
        channel.Info(MessageSensitivity.None, "{0}: {1}, {2} classes of {3}", path, model.Network, model.Labels.ClassCount, model.Labels.Name);
        return model;
    }

    /// <summary>Scores the images of a folder on all cores and writes a mask, and what else is asked for, of each.</summary>
    /// <param name="model">The model; it stays open.</param>
    /// <param name="imagesDirectory">The images, with those of its subfolders; or one file.</param>
    /// <param name="outputDirectory">Where the files go, in the same subfolders; made when missing. Files of the same names are replaced.</param>
    /// <param name="options">What is written, which part of the work this process does, and more; null for the defaults.</param>
    /// <returns>How many images were scored, and what was left out.</returns>
    /// <remarks>Every file appears whole or not at all. Memory does not grow with the folder, but for the names of its images.</remarks>
    /// <exception cref="ArgumentException">The output folder is that of the images, or its files would replace images.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder of images.</exception>
    /// <exception cref="FileNotFoundException">It holds no image.</exception>
    /// <exception cref="InvalidDataException">An image cannot be scored, or more cannot than may be left out; two images would be written to one file; or the
    /// ledger is of other work.</exception>
    /// <exception cref="InvalidOperationException">Another process works on the same shard.</exception>
    /// <exception cref="IOException">A file cannot be written; what is written before stays.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; what is written stays.</exception>
    public FolderScoringReport ScoreFolder(SegmentationModel model, string imagesDirectory, string outputDirectory, FolderScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(imagesDirectory);
        ArgumentException.ThrowIfNullOrEmpty(outputDirectory);
        options ??= new FolderScoringOptions();
        using var channel = ((IHostEnvironment)_context).Start("Scoring");
        var plan = ScoringPlan.Make(imagesDirectory, outputDirectory, options);
        var report = new FolderScoring(model, plan, options).Run();
        channel.Info(MessageSensitivity.None, "{0}: {1} of {2} images scored", imagesDirectory, report.WrittenCount, report.ImageCount);
        if (report.Skipped is [.., var last])
            options.Reading.RequireShare(report.Skipped.Count, report.ImageCount, $"'{imagesDirectory}'", last.Reason);
        return report;
    }

    /// <summary>Reads the ledgers that <see cref="ScoreFolder"/> kept in an output folder: is every image done, whichever process had it?</summary>
    /// <param name="outputDirectory">The output folder that all shards wrote to, or a copy of all they wrote.</param>
    /// <exception cref="FileNotFoundException">It holds no ledger.</exception>
    /// <exception cref="InvalidDataException">The ledgers are of different work, or one is damaged.</exception>
    /// <exception cref="IOException">A process works on a shard still.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "Members of the catalog are called on it.")]
    public FolderMergeReport MergeShards(string outputDirectory)
    {
        ArgumentException.ThrowIfNullOrEmpty(outputDirectory);
        return ShardMerge.Run(outputDirectory);
    }

    internal static SemanticSegmentationCatalog Of(MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _catalogs.GetValue(context, static context => new SemanticSegmentationCatalog(context));
    }
}
