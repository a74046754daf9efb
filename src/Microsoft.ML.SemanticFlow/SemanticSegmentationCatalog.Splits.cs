// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Evaluation;

namespace Microsoft.ML.SemanticFlow;

/// <content>Splits of a data set.</content>
public sealed partial class SemanticSegmentationCatalog
{
    /// <summary>Divides a data set into rows to train on and rows to test on.</summary>
    /// <param name="data">The data set, with paths or with images and masks; none is decoded.</param>
    /// <param name="testFraction">The share of rows to test on, between 0 and 1: as many rows, rounded, or fewer where a key's rows would exceed it.</param>
    /// <param name="samplingKeyColumnName">A column of text, keys or numbers whose rows stay together, such as the video of a frame; null when rows are independent.</param>
    /// <param name="seed">Fixes the division; null takes the seed of the <c>MLContext</c>.</param>
    /// <returns>Two views of the data set, in its order, that can be shuffled and read in parallel where it can.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1, or the key column is missing or of another type.</exception>
    /// <exception cref="ArgumentException">There are fewer than two rows, or fewer than two keys.</exception>
    public SegmentationTrainTestData TrainTestSplit(IDataView data, double testFraction = 0.1, string? samplingKeyColumnName = null, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (testFraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(testFraction), testFraction, FormattableString.Invariant($"testFraction must be greater than 0 and less than 1, not {testFraction}."));
        var groups = RowGroups.Read(data, samplingKeyColumnName);
        var test = groups.Take(testFraction, SeedOf(seed));
        return new SegmentationTrainTestData(groups.Others(test), groups.Rows(test));
    }

    /// <summary>A part of a data set, for one of several processes or machines.</summary>
    /// <param name="data">The data set; no row of it is decoded.</param>
    /// <param name="shard">Which part: every so many-th row.</param>
    /// <returns>Its rows, in their order. The shards of one count are the whole, each row in one of them.</returns>
    [SuppressMessage("Performance", "CA1822", Justification = "Members of the catalog are called on it.")]
    public IDataView Shard(IDataView data, WorkShard shard)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (shard.IsWhole)
            return data;
        var rows = new HashSet<DataViewRowId>();
        using var cursor = data.GetRowCursor([]);
        var getId = cursor.GetIdGetter();
        DataViewRowId id = default;
        for (long position = 0; cursor.MoveNext(); position++)
        {
            if (!shard.Takes(position))
                continue;
            getId(ref id);
            rows.Add(id);
        }

        return new SubsetView(data, rows, rows.Count);
    }

    /// <summary>Holds out a part of a data set of files to validate on, so that neighbours of one video lie on one side, as far as names tell.</summary>
    /// <remarks>
    /// Files of one folder whose names differ in their last number alone are a group. Of five groups or more, none of which holds half of the
    /// files, whole ones are held out, in an order that depends on their names alone; else the last files of each group.
    /// </remarks>
    /// <param name="data">The data set, with the column ImagePath; no image is opened.</param>
    /// <param name="fraction">About the share of images to hold out, between 0 and 1.</param>
    /// <returns>The others to train on, and those that are held out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="ArgumentException">There is no column ImagePath, or there are fewer than two images.</exception>
    [SuppressMessage("Performance", "CA1822", Justification = "A catalog is used through its MLContext.")]
    public SegmentationTrainTestData HoldOut(IDataView data, double fraction = 0.15)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (fraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, FormattableString.Invariant($"fraction must be greater than 0 and less than 1, not {fraction}."));
        var held = NameGroups.HoldOut(data, fraction);
        var groups = RowGroups.Read(data, keyColumn: null);
        return new SegmentationTrainTestData(groups.Others(held), groups.Rows(held));
    }

    /// <summary>Divides a data set into folds of about the same size, each once the rows to test on; the others are those to train on.</summary>
    /// <param name="data">The data set, with paths or with images and masks; none is decoded.</param>
    /// <param name="numberOfFolds">How many folds, at least 2.</param>
    /// <param name="samplingKeyColumnName">A column of text, keys or numbers whose rows stay together, such as the video of a frame; null when rows are independent.</param>
    /// <param name="seed">Fixes the division; null takes the seed of the <c>MLContext</c>.</param>
    /// <returns>One pair of views for each fold; every row is in exactly one test set.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are to be fewer than 2 folds, or the key column is missing or of another type.</exception>
    /// <exception cref="ArgumentException">There are fewer rows, or fewer keys, than folds.</exception>
    public IReadOnlyList<SegmentationTrainTestData> CrossValidationSplit(IDataView data, int numberOfFolds = 5, string? samplingKeyColumnName = null, int? seed = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (numberOfFolds < 2)
            throw new ArgumentOutOfRangeException(nameof(numberOfFolds), numberOfFolds, $"numberOfFolds must be at least 2, not {numberOfFolds}.");
        var groups = RowGroups.Read(data, samplingKeyColumnName);
        return [.. groups.Divide(numberOfFolds, SeedOf(seed)).Select(test => new SegmentationTrainTestData(groups.Others(test), groups.Rows(test)))];
    }

    /// <summary>Trains a model for each fold on the rows of the others, and evaluates it on the fold's own.</summary>
    /// <param name="data">The data set: what the estimator is fitted to.</param>
    /// <param name="estimator">The pipeline. A trainer in it keeps no run folder: folds would share it.</param>
    /// <param name="numberOfFolds">How many folds, at least 2.</param>
    /// <param name="labelColumnName">The ground truth, in the data or made by the estimator.</param>
    /// <param name="predictedLabelColumnName">The predictions that the fitted estimator makes.</param>
    /// <param name="samplingKeyColumnName">A column whose rows stay together, such as the video of a frame; null when rows are independent.</param>
    /// <param name="seed">Fixes the folds; null takes the seed of the <c>MLContext</c>.</param>
    /// <param name="labels">The classes; null takes the label map that the columns or their masks carry.</param>
    /// <param name="cancellationToken">Stops between two folds and while evaluating; a trainer has a token of its own.</param>
    /// <returns>The folds with their models, and the metrics over all of them. Dispose it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are to be fewer than 2 folds, or a column is missing or of another type.</exception>
    /// <exception cref="ArgumentException">There are fewer rows, or fewer keys, than folds.</exception>
    public SegmentationCrossValidation CrossValidate(
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds = 5,
        string labelColumnName = "Label",
        string predictedLabelColumnName = "PredictedLabel",
        string? samplingKeyColumnName = null,
        int? seed = null,
        LabelMap? labels = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentException.ThrowIfNullOrEmpty(labelColumnName);
        ArgumentException.ThrowIfNullOrEmpty(predictedLabelColumnName);
        var splits = CrossValidationSplit(data, numberOfFolds, samplingKeyColumnName, seed);
        var models = new List<ITransformer>();
        var folds = new List<SegmentationCrossValidationResult>();
        SegmentationEvaluation? whole = null;
        using var channel = ((IHostEnvironment)_context).Start("CrossValidation");
        try
        {
            foreach (var (fold, split) in splits.Index())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var model = estimator.Fit(split.TrainSet);
                models.Add(model);
                var scored = model.Transform(split.TestSet);
                var evaluation = SegmentationEvaluator.Evaluate(_context, scored, labelColumnName, predictedLabelColumnName, labels, cancellationToken);
                folds.Add(new SegmentationCrossValidationResult(fold, model, evaluation.Metrics, split, scored));
                whole ??= new SegmentationEvaluation(evaluation.Labels, keepImages: false);
                whole.Add(evaluation);
                channel.Info(MessageSensitivity.None, "Fold {0} of {1}: mIoU {2}", fold + 1, splits.Count, evaluation.Metrics.MeanIoU);
            }

            return new SegmentationCrossValidation(folds, whole!.Metrics); // there are two folds, or the split has thrown
        }
        catch
        {
            foreach (var model in models)
                (model as IDisposable)?.Dispose();
            throw;
        }
    }

    private int SeedOf(int? seed) => seed ?? ((IHostEnvironment)_context).Register("SegmentationSplit").Rand.Next();
}
