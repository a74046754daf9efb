// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.ML.SemanticFlow.Data;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Scores the images of a plan on all cores, each once, and writes their files.</summary>
internal sealed class FolderScoring(SegmentationModel model, ScoringPlan plan, FolderScoringOptions options)
{
    private readonly ConcurrentQueue<SkippedFile> _skipped = [];
    private readonly PredictionDetails _details = options.Outputs.Aggregate(PredictionDetails.None, (all, output) => all | output.Details);
    private int _written, _done;

    /// <summary>Images written so far.</summary>
    public int WrittenCount => _written;

    /// <exception cref="InvalidDataException">An image cannot be scored, and none is to be left out; or more were than may be.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public FolderScoringReport Run()
    {
        var clock = Stopwatch.StartNew();
        plan.Prepare();
        var inference = options.Inference ?? model.Inference;
        using var ledger = options.KeepsLedger ? OpenLedger(inference) : null;
        HashSet<string> existed = ledger is null ? [] : ledger.Lines.Select(ShardLedger.NameIn).ToHashSet(StringComparer.Ordinal);
        var todo = plan.Jobs.Index().Where(job => !existed.Contains(job.Item.Name) || !job.Item.Files.All(File.Exists)).ToArray();
        for (int existing = plan.Jobs.Count - todo.Length; _done < existing; _done++)
            options.Progress?.Report((_done + 1, plan.Jobs.Count));
        try
        {
            Parallel.ForEach(
                Partitioner.Create(todo, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism ?? Environment.ProcessorCount, CancellationToken = options.CancellationToken },
                job =>
                {
                    if (Predict(job.Item, inference) is { } prediction)
                    {
                        var scored = new ScoredImage(job.Index, job.Item.Name, job.Item.Image, job.Item.Stem, prediction);
                        foreach (var output in options.Outputs)
                            output.Save(scored);
                        ledger?.Add(ShardLedger.LineOf(job.Item.Name));
                        Interlocked.Increment(ref _written);
                    }

                    options.Progress?.Report((Interlocked.Increment(ref _done), plan.Jobs.Count));
                });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return new FolderScoringReport(
            plan.Jobs.Count, _written, plan.Jobs.Count - todo.Length, [.. _skipped.OrderBy(file => file.Path, StringComparer.Ordinal)], clock.Elapsed);
    }

    private Ledger OpenLedger(InferenceOptions inference)
    {
        var names = plan.Inputs;
        var work = new ShardWork(
            names.Count, ShardLedger.Hash(names), plan.Shard.Index, plan.Shard.Count, ScoringWork.Of(model, inference), [.. options.Outputs.Select(output => output.Kind)]);
        return ShardLedger.Open(plan.Output, work, names);
    }

    // Null where the image is skipped. A disk that takes no more results is no fault of an image: it ends the work.
    private SegmentationPrediction? Predict(ScoringJob job, InferenceOptions inference)
    {
        try
        {
            if (OutputNames.WhyNot(job) is { } reason)
                throw new InvalidDataException(reason);
            options.Starting?.Invoke(job.Image);
            return model.PredictDetailed(job.Image, _details, inference, options.CancellationToken);
        }
        catch (Exception e) when (SampleFaults.IsOfFile(e))
        {
            if (!options.Reading.SkipFaulty)
                throw new InvalidDataException($"'{job.Image}' cannot be scored: {e.Message}", e);
            var skipped = new SkippedFile(job.Image, e.Message);
            _skipped.Enqueue(skipped);
            options.Reading.Skipped?.Report(skipped);
            return null;
        }
    }
}
