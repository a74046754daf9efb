// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using Microsoft.ML.SemanticFlow.Trainer.Schedules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>A training run, top to bottom: epochs of steps, validation, the best weights kept.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly SemanticFlowTrainerOptions _options;
    private readonly TrainingPlan _plan;
    private readonly LabelMap _labels;
    private readonly SegmentationNetwork _network;
    private readonly Criterion _loss;
    private readonly BatchLoader _loader;
    private readonly Validation? _validation;
    private readonly RunFolder? _folder;
    private readonly RunRecorder _recorder;
    private readonly IChannel _channel;
    private readonly RateSchedule _schedule;
    private readonly int _stepsPerEpoch;
    private readonly GradientStep _step;
    private readonly WeightAverage? _average;
    private readonly TrainingState _state;
    private readonly WeightSnapshot _best = new();
    private readonly Stopwatch _watch = new();
    private readonly Stopwatch _validating = new();
    private CheckpointInfo _position;
    private double? _bestMeanIoU;
    private int _validationsSinceBest;
    private int _firstEpoch;
    private long _imagesValidated;
    private long _imagesToValidate;

    public TrainingLoop(
        SemanticFlowTrainerOptions options, TrainingPlan plan, LabelMap labels, SegmentationNetwork network, Criterion loss,
        BatchLoader loader, Validation? validation, RunFolder? folder, RunRecorder recorder, IChannel channel)
    {
        (_options, _plan, _labels, _network, _loss, _loader, _validation, _folder, _recorder, _channel) =
            (options, plan, labels, network, loss, loader, validation, folder, recorder, channel);
        _stepsPerEpoch = (loader.StepsPerEpoch + options.Optimizer.AccumulationSteps - 1) / options.Optimizer.AccumulationSteps;
        _schedule = new RateSchedule(options.Schedule, options.Optimizer.LearningRate, options.Epochs, _stepsPerEpoch);
        _step = new GradientStep(options, plan, network);
        _average = options.WeightAverageDecay is { } decay ? new WeightAverage(network, decay) : null;
        _state = new TrainingState(_step.Memory, _average?.Weights, _step.Scaler?.State);
        _position = PositionAt(epoch: 0);
    }

    /// <summary>Goes on from a checkpoint of the same run.</summary>
    public void Resume(RunFolder folder, string checkpoint)
    {
        _position = Checkpoint.Load(checkpoint, _network, _state);
        (_bestMeanIoU, _validationsSinceBest) = (_position.BestMeanIoU, _position.ValidationsSinceBest);
        _best.Take(_network);
        if (_bestMeanIoU is not null)
            ResumeBest(folder);

        _recorder.Continue(_position);
        _channel.Say($"Going on after epoch {_position.Epoch} of {_options.Epochs}");
    }

    /// <summary>Trains to the last epoch, or until cancelled. The network then holds the best weights.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before an epoch was complete.</exception>
    /// <exception cref="NotFiniteNumberException">The loss left the range of numbers before an epoch was complete.</exception>
    public void Run(CancellationToken cancellation)
    {
        _firstEpoch = _position.Epoch;
        _imagesToValidate = (_validation?.Count ?? 0L) * Enumerable.Range(_firstEpoch, Math.Max(0, _options.Epochs - _firstEpoch + 1)).Count(IsValidationDue);
        _watch.Start();
        try
        {
            // A checkpoint is written before its epoch is validated, so that a run stopped in between loses nothing.
            if (_firstEpoch > 0)
                EndEpoch(_firstEpoch - 1, imagesPerSecond: 0, cancellation);
            while (_position.Epoch < _options.Epochs && !IsStuck)
                RunEpoch(_position.Epoch, cancellation);
            if (IsStuck)
                _channel.Say($"Stopped early after {_position.Epoch} of {_options.Epochs} epochs: no better mIoU in {_validationsSinceBest} validations");
        }
        catch (OperationCanceledException e) when (_best.IsTaken)
        {
            _recorder.Stopped(e);
            _channel.Say($"Stopped after {_position.Epoch} of {_options.Epochs} epochs; the best weights so far are kept");
        }
        catch (NotFiniteNumberException e) when (_best.IsTaken)
        {
            _recorder.Stopped(e);
            _channel.Warn($"{e.Message} The best weights so far are kept.");
        }

        _best.CopyTo(_network);
    }

    public void Dispose()
    {
        _step.Dispose();
        _average?.Dispose();
        _best.Dispose();
    }

    private bool IsStuck => _validationsSinceBest >= _options.EarlyStoppingPatience;

    private void ResumeBest(RunFolder folder)
    {
        // The network is only the way in: the last weights are put back.
        using var last = new WeightSnapshot();
        last.Take(_network);
        try
        {
            Checkpoint.LoadWeights(folder.Best, _network);
            _best.Take(_network);
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            _channel.Warn($"{e.Message} The best weights so far are lost; the next validation begins anew.");
            (_bestMeanIoU, _validationsSinceBest) = (null, 0);
        }

        last.CopyTo(_network);
    }

    private void RunEpoch(int epoch, CancellationToken cancellation)
    {
        var (loss, imagesPerSecond) = Train(epoch, cancellation);
        _position = PositionAt(epoch + 1) with { Loss = loss, BestMeanIoU = _bestMeanIoU, ValidationsSinceBest = _validationsSinceBest };
        _recorder.Epoch(ReportEpoch(epoch, imagesPerSecond));
        _folder?.SaveLast(_network, _state, _position);
        EndEpoch(epoch, imagesPerSecond, cancellation);
    }

    // What follows an epoch's checkpoint: validation, the best weights, the records.
    private void EndEpoch(int epoch, double imagesPerSecond, CancellationToken cancellation)
    {
        using var averaged = _average?.Lend();

        // Until one is validated, the latest weights are the best known.
        if (_bestMeanIoU is null)
            _best.Take(_network);
        var metrics = IsValidationDue(epoch + 1) ? Validate(epoch, cancellation) : null;
        var progress = ReportEpoch(epoch, imagesPerSecond, metrics);
        _recorder.Epoch(progress);
        _channel.Say(ConsoleTrainingProgress.Format(progress));
        _options.Progress?.Report(progress);
    }

    private bool IsValidationDue(int epoch) =>
        _validation is not null && epoch > 0 && (epoch % _options.ValidationInterval == 0 || epoch == _options.Epochs);

    // The mean loss over the epoch's batches, and the speed.
    private (double Loss, double ImagesPerSecond) Train(int epoch, CancellationToken cancellation)
    {
        // Dropout draws from libtorch's own source: seeded by the epoch, a resumed run draws the same.
        random.manual_seed(BatchLoader.RandomOf(_plan.Seed, epoch, -2).Next());
        _step.Begin();
        var watch = Stopwatch.StartNew();
        var criterion = _loss.At(epoch);
        int batches = 0, counted = 0, countedBefore = 0;
        double sum = 0, sumBefore = 0, speed = 0;
        foreach (var batch in _loader.Epoch(epoch, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            int taken = batches / _options.Optimizer.AccumulationSteps;
            long step = (long)epoch * _stepsPerEpoch + taken;
            double rate = _schedule[step];
            if (batch.HasLabels)
            {
                double loss = _step.Add(batch, criterion);
                if (!double.IsFinite(loss))
                {
                    throw new NotFiniteNumberException(
                        string.Create(CultureInfo.InvariantCulture, $"The loss became {loss} at step {taken + 1} of epoch {epoch + 1}, learning rate {rate:g3}. Lower LearningRate, or raise WarmUpSteps."),
                        loss);
                }

                sum += loss;
                counted++;
            }

            batches++;
            if (batches % _options.Optimizer.AccumulationSteps != 0 && batches != _loader.StepsPerEpoch)
                continue;
            if (_step.Take(rate))
                _average?.Add(step);
            speed = batches * batch.Images.shape[0] / watch.Elapsed.TotalSeconds;
            var progress = Report(TrainingPhase.Step, epoch, taken + 1, _stepsPerEpoch, counted == 0 ? double.NaN : sum / counted, rate, speed);
            _recorder.Step(step + 1, sum - sumBefore, counted - countedBefore, progress);
            (sumBefore, countedBefore) = (sum, counted);
            _options.Progress?.Report(progress);
        }

        return (counted == 0 ? double.NaN : sum / counted, speed);
    }

    // Keeps the weights if they are the best.
    private SemanticSegmentationMetrics Validate(int epoch, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        double rate = _schedule[_position.Step - 1];
        _validating.Start();
        var metrics = _validation!.Run( // only called with a validation set
            _network,
            done =>
            {
                _imagesValidated++;
                _options.Progress?.Report(Report(TrainingPhase.Validation, epoch, done, _validation.Count, _position.Loss, rate, done / watch.Elapsed.TotalSeconds));
            },
            _recorder,
            cancellation);
        _validating.Stop();
        KeepIfBest(metrics.MeanIoU);
        _recorder.Validated(_position, metrics);
        return metrics;
    }

    private void KeepIfBest(double meanIoU)
    {
        if (!double.IsFinite(meanIoU) || meanIoU <= _bestMeanIoU)
        {
            _validationsSinceBest++;
            return;
        }

        (_bestMeanIoU, _validationsSinceBest) = (meanIoU, 0);
        _best.Take(_network);
        _folder?.SaveBest(_best, _position with { MeanIoU = meanIoU });
    }

    private CheckpointInfo PositionAt(int epoch) => new()
    {
        Epoch = epoch,
        Step = (long)epoch * _stepsPerEpoch,
        MeanIoU = null,
        Seed = _plan.Seed,
        Network = _options.Network.Id,
        Labels = _labels,
        CropHeight = _options.CropHeight,
        CropWidth = _options.CropWidth,
        Options = OptionsFingerprint.Of(_options),
    };

    private TrainingProgress ReportEpoch(int epoch, double imagesPerSecond, SemanticSegmentationMetrics? metrics = null) =>
        Report(TrainingPhase.Epoch, epoch, _stepsPerEpoch, _stepsPerEpoch, _position.Loss, _schedule[_position.Step - 1], imagesPerSecond, metrics);

    private TrainingProgress Report(
        TrainingPhase phase, int epoch, int step, int steps, double loss, double rate, double imagesPerSecond, SemanticSegmentationMetrics? metrics = null)
    {
        long before = (long)_firstEpoch * _stepsPerEpoch, all = (long)_options.Epochs * _stepsPerEpoch;
        long done = phase == TrainingPhase.Step ? (long)epoch * steps + step : _position.Step;
        return new TrainingProgress
        {
            Phase = phase,
            Epoch = epoch + 1,
            Epochs = _options.Epochs,
            Step = step,
            StepsPerEpoch = steps,
            Loss = loss,
            LearningRate = rate,
            ImagesPerSecond = imagesPerSecond,
            Elapsed = _watch.Elapsed,
            Remaining = TimeLeft.Estimate(_watch.Elapsed - _validating.Elapsed, done - before, all - done, _validating.Elapsed, _imagesValidated, _imagesToValidate - _imagesValidated),
            MeanIoU = metrics?.MeanIoU,
            PerClassIoU = metrics?.PerClassIoU,
            BestMeanIoU = _bestMeanIoU,
        };
    }
}
