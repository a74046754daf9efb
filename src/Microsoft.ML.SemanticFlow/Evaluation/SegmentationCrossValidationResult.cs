// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>One fold of a cross-validation: a model, and how it does on the rows that it was not trained on.</summary>
/// <example>
/// <code>
/// var frames = ml.SemanticSegmentation.Data.Folder("images", "labels", LabelMaps.CamVid);
/// using var folds = ml.SemanticSegmentation.CrossValidate(frames, pipeline, numberOfFolds: 2);
/// SegmentationCrossValidationResult best = folds.MaxBy(fold => fold.Metrics.MeanIoU)!;
/// ml.Model.Save(best.Model, frames.Schema, "best.zip");
/// </code>
/// </example>
public sealed class SegmentationCrossValidationResult
{
    internal SegmentationCrossValidationResult(int fold, ITransformer model, SemanticSegmentationMetrics metrics, SegmentationTrainTestData data, IDataView scored) =>
        (Fold, Model, Metrics, Data, ScoredHoldOutSet) = (fold, model, metrics, data, scored);

    /// <summary>Which fold, from 0.</summary>
    public int Fold { get; }

    /// <summary>The model of the other folds' rows.</summary>
    public ITransformer Model { get; }

    /// <summary>How well the model does on this fold's rows.</summary>
    public SemanticSegmentationMetrics Metrics { get; }

    /// <summary>The rows: this fold's are the test set.</summary>
    public SegmentationTrainTestData Data { get; }

    /// <summary>This fold's rows with their predictions; scored anew each time they are read.</summary>
    public IDataView ScoredHoldOutSet { get; }

    /// <summary>Fold and mIoU, such as "fold 0: mIoU 0.7012", with a decimal point in every culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"fold {Fold}: mIoU {Metrics.MeanIoU:f4}");
}
