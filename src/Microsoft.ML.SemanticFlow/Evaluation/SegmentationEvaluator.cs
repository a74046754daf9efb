// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Transforms;

namespace Microsoft.ML.SemanticFlow.Evaluation;

/// <summary>Walks a view of two mask columns and counts.</summary>
internal static class SegmentationEvaluator
{
    public static SemanticSegmentationMetrics Evaluate(
        IHostEnvironment environment, IDataView data, string label, string predicted, LabelMap? labels, CancellationToken cancellation)
    {
        var actualColumn = RowInput.Mask("label", label).Find(data.Schema);
        var predictedColumn = RowInput.Mask("predicted label", predicted).Find(data.Schema);
        labels ??= Agree(MaskAnnotations.TryGet(actualColumn), MaskAnnotations.TryGet(predictedColumn), label, predicted);

        // One cursor a core where the source can be split: an ONNX session serves several callers at once.
        var cursors = data.GetRowCursorSet([actualColumn, predictedColumn], Environment.ProcessorCount);
        SegmentationConfusionMatrix? whole = null;
        var gate = new Lock();
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            Task[] workers = [.. cursors.Select(cursor => Task.Factory.StartNew(() => Walk(cursor, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
            WaitAll(workers);
        }
        finally
        {
            foreach (var cursor in cursors)
                cursor.Dispose();
        }

        cancellation.ThrowIfCancellationRequested();
        return whole is null
            ? throw new ArgumentException("There are no rows to evaluate.", nameof(data))
            : new SemanticSegmentationMetrics(whole);

        void Walk(DataViewRowCursor cursor, CancellationTokenSource stop)
        {
            try
            {
                if (Count(environment, cursor, actualColumn, predictedColumn, labels, stop.Token) is not { } counts)
                    return;
                lock (gate)
                {
                    if (whole is null)
                        whole = counts;
                    else
                        whole.Add(counts);
                }
            }
            catch
            {
                stop.Cancel(); // one bad row ends the others' work too
                throw;
            }
        }
    }

    private static SegmentationConfusionMatrix? Count(
        IHostEnvironment environment, DataViewRowCursor cursor, DataViewSchema.Column actualColumn, DataViewSchema.Column predictedColumn, LabelMap? labels, CancellationToken stop)
    {
        var getActual = cursor.GetGetter<SegmentationMask>(actualColumn);
        var getPredicted = cursor.GetGetter<SegmentationMask>(predictedColumn);
        var getId = cursor.GetIdGetter();
        SegmentationConfusionMatrix? counts = null;
        SegmentationMask? actual = null, predicted = null;
        while (!stop.IsCancellationRequested && cursor.MoveNext())
        {
            MlNetInternals.CheckAlive(environment);
            getActual(ref actual!);
            getPredicted(ref predicted!);
            if (actual is null || predicted is null)
                throw new InvalidDataException($"Row {RowNumber(getId)} has no mask in column '{(actual is null ? actualColumn : predictedColumn).Name}'. Leave the row out.");
            if (actual.Height != predicted.Height || actual.Width != predicted.Width)
            {
                throw new InvalidDataException(
                    $"Row {RowNumber(getId)}: the mask in '{predictedColumn.Name}' is {predicted.Height} x {predicted.Width}, that in '{actualColumn.Name}' {actual.Height} x {actual.Width}. Score images of the labels' size.");
            }

            counts ??= new SegmentationConfusionMatrix(labels ?? Agree(actual.Labels, predicted.Labels, actualColumn.Name, predictedColumn.Name)
                ?? throw new ArgumentException($"Neither column '{actualColumn.Name}' nor '{predictedColumn.Name}' says which classes there are. Pass the label map.", nameof(labels)));
            counts.Add(actual.Ids, predicted.Ids);
        }

        return counts;
    }

    private static ulong RowNumber(ValueGetter<DataViewRowId> getId)
    {
        DataViewRowId id = default;
        getId(ref id);
        return id.Low;
    }

    private static LabelMap? Agree(LabelMap? actual, LabelMap? predicted, string label, string prediction)
    {
        if (actual is null || predicted is null)
            return actual ?? predicted;
        if (actual.ClassCount != predicted.ClassCount)
            throw new ArgumentException($"Column '{label}' has the {actual.ClassCount} classes of '{actual.Name}', column '{prediction}' the {predicted.ClassCount} of '{predicted.Name}'. Read the labels with the map that the model was trained with.", nameof(predicted));
        for (int id = 0; id < actual.ClassCount; id++)
        {
            if (actual.Classes[id].Name != predicted.Classes[id].Name)
                throw new ArgumentException($"Column '{label}' calls class {id} '{actual.Classes[id].Name}', column '{prediction}' calls it '{predicted.Classes[id].Name}'. Read the labels with the map that the model was trained with, or pass the label map to count by id.", nameof(predicted));
        }

        return actual;
    }

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
