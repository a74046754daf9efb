// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.CompilerServices;
using Microsoft.ML.Runtime;
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

    internal static SemanticSegmentationCatalog Of(MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _catalogs.GetValue(context, static context => new SemanticSegmentationCatalog(context));
    }
}
