// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Evaluation;

namespace Microsoft.ML.SemanticFlow.Batches;

/// <summary>Compares the images of a plan with their labels on all cores, each once.</summary>
internal sealed class FolderEvaluation
{
    private readonly EvaluationPlan _plan;
    private readonly LabelMap _labels;
    private readonly PredictionSource _source;
    private readonly FolderEvaluationOptions _options;
    private readonly IReadOnlyList<EvaluationSample> _jobs;
    private readonly ConcurrentQueue<SkippedFile> _skipped;
    private int _counted, _done;

    /// <param name="plan">The images of all shards.</param>
    /// <param name="labels">The classes, and the ids of the label files.</param>
    /// <param name="source">What is compared with the labels.</param>
    /// <param name="options">Which shard of the images, and how.</param>
    public FolderEvaluation(EvaluationPlan plan, LabelMap labels, PredictionSource source, FolderEvaluationOptions options)
    {
        (_plan, _labels, _source, _options) = (plan, labels, source, options);
        _jobs = [.. plan.Samples.Where((_, position) => options.Shard.Takes(position))];
        _skipped = new ConcurrentQueue<SkippedFile>(plan.Skipped);
    }

    /// <summary>Images of the shard.</summary>
    public int ImageCount => _jobs.Count;

    /// <summary>Images counted so far.</summary>
    public int CountedCount => _counted;

    /// <exception cref="InvalidDataException">An image cannot be compared, and none is to be left out; or the ledger is of other work.</exception>
    /// <exception cref="InvalidOperationException">Another process works on the same shard.</exception>
    /// <exception cref="IOException">A file cannot be read, or the ledger cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public FolderEvaluationReport Run()
    {
        var clock = Stopwatch.StartNew();
        var whole = new SegmentationEvaluation(_labels, _options.Measures);
        using var ledger = _options.LedgerDirectory is { } folder ? OpenLedger(folder) : null;
        HashSet<string> existed = ledger is null ? [] : Recall(ledger, whole);
        var todo = _jobs.Where(job => !existed.Contains(job.Name)).ToArray();
        for (int existing = _jobs.Count - todo.Length; _done < existing; _done++)
            _options.Progress?.Report((_done + 1, _jobs.Count));
        try
        {
            Parallel.ForEach(
                Partitioner.Create(todo, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = _options.MaxDegreeOfParallelism ?? Environment.ProcessorCount, CancellationToken = _options.CancellationToken },
                () => (One: new SegmentationEvaluation(_labels, _options.Measures with { KeepImages = true }), Part: new SegmentationEvaluation(_labels, _options.Measures)),
                (job, _, own) =>
                {
                    var result = Compare(job, own.One, out var skipped);
                    ledger?.Add((result is null ? new EvaluatedLine(Name: job.Name, Skipped: skipped) : new EvaluatedLine(SegmentationEvaluation.ToFile(result))).Write());
                    if (result is not null)
                    {
                        own.Part.Add(result);
                        Interlocked.Increment(ref _counted);
                    }

                    _options.Progress?.Report((Interlocked.Increment(ref _done), _jobs.Count));
                    return own;
                },
                own =>
                {
                    lock (whole)
                        whole.Add(own.Part);
                });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return new FolderEvaluationReport(
            whole, _jobs.Count, _counted, _jobs.Count - todo.Length, [.. _skipped.OrderBy(file => file.Path, StringComparer.Ordinal)], clock.Elapsed);
    }

    private Ledger OpenLedger(string folder)
    {
        OutputMark.Prepare(folder);
        string[] names = [.. _plan.Samples.Select(sample => sample.Name)];
        var counted = new EvaluationWork(
            _options.NeededDetails, _options.LabelIds, _options.Measures with { KeepImages = true }, new EvaluationFile.LabelSpace(_labels.Name, _labels.ToCsv()), _source.MaskIds);
        var work = new ShardWork(names.Length, ShardLedger.Hash(names), _options.Shard.Index, _options.Shard.Count, _source.Model, Evaluation: counted);
        return ShardLedger.Open(folder, work, names);
    }

    // Adds what earlier starts counted. What the list of images lacks is kept by the first shard, which has it as every other.
    private HashSet<string> Recall(Ledger ledger, SegmentationEvaluation whole)
    {
        var own = _jobs.Select(job => job.Name).ToHashSet(StringComparer.Ordinal);
        var existed = new HashSet<string>(StringComparer.Ordinal);
        var said = new HashSet<EvaluatedLine>();
        var sources = new Dictionary<string, string>();
        foreach (var line in ledger.Lines.Select(EvaluatedLine.Read))
        {
            if (line.Counted is not { Name: { } name } image)
                said.Add(line);
            else if (own.Contains(name) && existed.Add(name))
                whole.Add(whole.FromFile(image, sources, $"Image '{name}' of the ledger"));
        }

        if (_options.Shard.Index > 0)
            return existed;
        var lacking = _plan.Skipped.Select(file => new EvaluatedLine(Skipped: file)).Concat(_plan.LeftOut.Select(file => new EvaluatedLine(LeftOut: file)));
        foreach (var line in lacking.Where(said.Add))
            ledger.Add(line.Write());
        return existed;
    }

    // Null where the image is skipped.
    private SegmentationImageResult? Compare(EvaluationSample job, SegmentationEvaluation one, out SkippedFile? skipped)
    {
        bool isLabelRead = false;
        try
        {
            skipped = null;
            _options.CancellationToken.ThrowIfCancellationRequested();
            var truth = SegmentationMask.Load(job.Label, _labels, _options.LabelIds);
            isLabelRead = true;
            var (prediction, evidence) = _source.Read(job.Other);
            return one.Compare(truth, prediction, job.Name, job.Source, evidence);
        }
        catch (Exception e) when (SampleFaults.IsOfFile(e))
        {
            string reason = isLabelRead ? e.Message : $"its label '{job.Label}' cannot be used. {e.Message}";
            if (!_options.Reading.SkipFaulty)
                throw new InvalidDataException($"'{job.Other}' cannot be evaluated: {reason}", e);
            skipped = new SkippedFile(job.Other, reason);
            _skipped.Enqueue(skipped);
            _options.Reading.Skipped?.Report(skipped);
            return null;
        }
    }
}
