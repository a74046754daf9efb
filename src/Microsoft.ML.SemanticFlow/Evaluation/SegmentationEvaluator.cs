// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>Walks a view of two mask columns and counts. Keeps no images: memory is flat over a million rows.</summary>
internal static class SegmentationEvaluator
{
    public static SegmentationEvaluation Evaluate(
        IHostEnvironment environment, IDataView data, string label, string predicted, LabelMap? labels, CancellationToken cancellation)
    {
        var actualColumn = RowInput.Mask("label", label).Find(data.Schema);
        var predictedColumn = RowInput.Mask(RowInput.PredictedLabel, predicted).Find(data.Schema);
        bool byId = labels is not null;
        labels ??= Agree(MaskAnnotations.TryGet(actualColumn), MaskAnnotations.TryGet(predictedColumn), label, predicted);

        // One cursor a core where the source can be split: an ONNX session serves several callers at once.
        var cursors = data.GetRowCursorSet([actualColumn, predictedColumn], Environment.ProcessorCount);
        SegmentationEvaluation? whole = null;
        var gate = new Lock();
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task[] workers = [.. cursors.Select(
                cursor => Task.Factory.StartNew(() => Walk(cursor, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            WaitAll(workers);
        }
        finally
        {
            foreach (var cursor in cursors)
                cursor.Dispose();
        }

        cancellation.ThrowIfCancellationRequested();
        return whole ?? throw new ArgumentException("There are no rows to evaluate.", nameof(data));

        void Walk(DataViewRowCursor cursor, CancellationTokenSource stop)
        {
            try
            {
                if (Count(environment, cursor, actualColumn, predictedColumn, labels, byId, stop.Token) is not { } part)
                    return;
                lock (gate)
                {
                    if (whole is null)
                        whole = part;
                    else
                        whole.Add(part);
                }
            }
            catch
            {
                stop.Cancel(); // one bad row ends the others' work too
                throw;
            }
        }
    }

    private static SegmentationEvaluation? Count(
        IHostEnvironment environment, DataViewRowCursor cursor, DataViewSchema.Column actualColumn, DataViewSchema.Column predictedColumn,
        LabelMap? labels, bool byId, CancellationToken stop)
    {
        var getActual = cursor.GetGetter<SegmentationMask>(actualColumn);
        var getPredicted = cursor.GetGetter<SegmentationMask>(predictedColumn);
        var getId = cursor.GetIdGetter();
        SegmentationEvaluation? part = null;
        SegmentationMask? actual = null, predicted = null;
        while (!stop.IsCancellationRequested && cursor.MoveNext())
        {
            MlNetInternals.CheckAlive(environment);
            getActual(ref actual!);
            getPredicted(ref predicted!);
            if (actual is null || predicted is null)
                throw new InvalidDataException($"Row {RowNumber(getId)} has no mask in column '{(actual is null ? actualColumn : predictedColumn).Name}'. Leave the row out.");
            part ??= new SegmentationEvaluation(
                labels ?? Agree(actual.Labels, predicted.Labels, actualColumn.Name, predictedColumn.Name)
                    ?? throw new ArgumentException(
                        $"Neither column '{actualColumn.Name}' nor '{predictedColumn.Name}' says which classes there are. Pass the label map.", nameof(labels)),
                keepImages: false);
            string name = $"row {RowNumber(getId)}";
            if (byId)
                part.Add(actual.WithLabels(null), predicted.WithLabels(null), name);
            else
                part.Add(actual, predicted, name);
        }

        return part;
    }

    private static ulong RowNumber(ValueGetter<DataViewRowId> getId)
    {
        DataViewRowId id = default;
        getId(ref id);
        return id.Low;
    }

    private static LabelMap? Agree(LabelMap? actual, LabelMap? predicted, string label, string prediction) =>
        actual is not null && predicted is not null && actual.FindDifference(predicted, $"Column '{label}'", $"column '{prediction}'") is { } difference
            ? throw new ArgumentException($"{difference} Read the labels with the map that the model was trained with, or pass the label map to count by id.", nameof(predicted))
            : actual ?? predicted;

    private static void WaitAll(Task[] workers)
    {
        try
        {
            Task.WaitAll(workers);
        }
        catch (AggregateException)
        {
            // The first fault by cursor, as itself: callers catch what one thread would have thrown.
            workers.First(worker => worker.IsFaulted).GetAwaiter().GetResult();
            throw;
        }
    }
}
