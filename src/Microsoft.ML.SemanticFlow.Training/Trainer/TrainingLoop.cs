// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Display;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer.Options;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using Microsoft.ML.SemanticFlow.Trainer.Schedules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>A training run, top to bottom: epochs of steps, validation, the best weights kept.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private readonly TrainingSession _session;
    private readonly SemanticFlowTrainerOptions _options;
    private readonly Validation? _validation;
    private readonly RunFolder? _folder;
    private readonly RateSchedule _schedule;
    private readonly TrainingBudget _budget;
    private readonly WeightAverage? _average;
    private readonly TrainingState _state;
    private readonly WeightSnapshot _best = new();
    private readonly Stopwatch _watch = new();
    private readonly Stopwatch _validating = new();
    private CheckpointInfo _position;
    private double _rate;
    private bool _isTimeUp;
    private double? _bestMeanIoU;
    private int _validationsSinceBest;
    private int _firstEpoch;
    private long _imagesValidated;
    private long _imagesToValidate;

    /// <param name="session">What is trained; where its run has a checkpoint, the loop goes on from there.</param>
    /// <param name="validation">Chooses the best weights; null keeps the last.</param>
    /// <param name="budget">The time that the run may take.</param>
    public TrainingLoop(TrainingSession session, Validation? validation, TrainingBudget budget)
    {
        (_session, _options, _validation, _folder, _budget) = (session, session.Options, validation, session.Recorder.Folder, budget);
        _schedule = new RateSchedule(_options.Schedule, _options.Optimizer.LearningRate, _options.Epochs, session.StepsPerEpoch, budget);
        _average = _options.WeightAverageDecay is { } decay ? new WeightAverage(session.Network, decay) : null;
        _state = new TrainingState(session.Step.Memory, _average?.Weights, session.Step.Scaler?.State);
        _position = PositionAt(epoch: 0);
        if (session.Recorder.ResumedFrom is { } checkpoint)
            Resume(checkpoint);
    }

    /// <summary>Trains to the last epoch, until the time is up, or until cancelled. The network then holds the best weights.</summary>
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
            while (_position.Epoch < _options.Epochs && !IsStuck && (_position.Epoch == 0 || !IsTimeUp())) // one step is taken, however little time there is
                RunEpoch(_position.Epoch, cancellation);
            if (_isTimeUp)
                _session.Channel.Say($"The time is up after {_position.Epoch} epochs");
            else if (IsStuck)
                _session.Channel.Say($"Stopped early after {_position.Epoch}{OfAll} epochs: no better mIoU in {_validationsSinceBest} validations");
        }
        catch (OperationCanceledException e) when (_best.IsTaken)
        {
            _session.Recorder.Stopped(e);
            _session.Channel.Say($"Stopped after {_position.Epoch}{OfAll} epochs; the best weights so far are kept");
        }
        catch (NotFiniteNumberException e) when (_best.IsTaken)
        {
            _session.Recorder.Stopped(e);
            _session.Channel.Warn($"{e.Message} {(_bestMeanIoU is null ? "The weights of the last complete epoch" : "The best weights so far")} are kept.");
            _options.Progress?.Report(Report(
                TrainingPhase.Diverged, Math.Max(0, _position.Epoch - 1), _session.StepsPerEpoch, _session.StepsPerEpoch,
                e.OffendingNumber, _rate, imagesPerSecond: 0, message: e.Message));
        }

        if (!_session.Processes.IsAlone)
            _session.Channel.Say($"{DurationText.Of(_session.Processes.Waited)} of {DurationText.Of(_watch.Elapsed)} were spent on what the processes tell each other");
        _best.CopyTo(_session.Network);
    }

    public void Dispose()
    {
        _average?.Dispose();
        _best.Dispose();
    }

    // The number of validations counts what the first process decided, so all agree.
    private bool IsStuck => _validationsSinceBest >= _options.EarlyStoppingPatience;

    private void Resume(StoredCheckpoint checkpoint)
    {
        _position = Checkpoint.Load(checkpoint.Path, _session.Network, _state);
        (_bestMeanIoU, _validationsSinceBest) = (_position.BestMeanIoU, _position.ValidationsSinceBest);
        _best.Take(_session.Network);
        if (_bestMeanIoU is not null)
            ResumeBest(checkpoint.Folder);

        _budget.Earlier = _session.Recorder.Continue(_position);
        _rate = _schedule[_position.Step - 1];
        _session.Channel.Say($"Going on after epoch {_position.Epoch}{OfAll}");
    }

    private void ResumeBest(RunFolder folder)
    {
        // The network is only the way in: the last weights are put back.
        using var last = new WeightSnapshot();
        last.Take(_session.Network);
        try
        {
            Checkpoint.LoadWeights(folder.Best, _session.Network);
            _best.Take(_session.Network);
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            _session.Channel.Warn($"{e.Message} The best weights so far are lost; the next validation begins anew.");
            (_bestMeanIoU, _validationsSinceBest) = (null, 0);
        }

        last.CopyTo(_session.Network);
    }

    // Where the time decides, their number says nothing.
    private string OfAll => _options.MaxTrainingTime is null ? $" of {_options.Epochs}" : "";

    // The first process's clock counts.
    private bool IsTimeUp() => _isTimeUp = _session.Processes.Decide(_budget.IsOver);

    private void RunEpoch(int epoch, CancellationToken cancellation)
    {
        var (loss, imagesPerSecond) = Train(epoch);
        _position = PositionAt(epoch + 1) with { Loss = loss, BestMeanIoU = _bestMeanIoU, ValidationsSinceBest = _validationsSinceBest };
        _session.Recorder.Epoch(ReportEpoch(epoch, imagesPerSecond));
        _folder?.SaveLast(_session.Network, _state, _position);
        _session.Processes.Barrier(); // none goes past a checkpoint that is not written
        EndEpoch(epoch, imagesPerSecond, cancellation);
    }

    // What follows an epoch's checkpoint: validation, the best weights, the records.
    private void EndEpoch(int epoch, double imagesPerSecond, CancellationToken cancellation)
    {
        using var averaged = _average?.Lend();
        _session.Processes.Broadcast(_session.Network); // statistics of norms that are not synchronised differ

        // Until one is validated, the latest weights are the best known.
        if (_bestMeanIoU is null)
            _best.Take(_session.Network);
        var validated = IsValidationDue(epoch + 1) ? Validate(epoch, cancellation) : null;
        var progress = ReportEpoch(epoch, imagesPerSecond, validated);
        _session.Recorder.Epoch(progress);
        _session.Recorder.Draw();
        _session.Channel.Say(progress.ToString());
        _options.Progress?.Report(progress);
    }

    private bool IsValidationDue(int epoch) =>
        _validation is not null && epoch > 0 && (epoch % _options.ValidationInterval == 0 || epoch == _options.Epochs || _isTimeUp);

    // The mean loss over the epoch's batches, and the speed.
    private (double Loss, double ImagesPerSecond) Train(int epoch)
    {
        random.manual_seed(RandomStreams.Dropout(_session.Plan.Seed, epoch, _session.Processes.Rank).Next()); // by the epoch, so that a resumed run draws the same
        _session.Step.Begin();
        var watch = Stopwatch.StartNew();
        var criterion = _session.Loss.At(epoch);
        int batches = 0, counted = 0, countedBefore = 0;
        double sum = 0, sumBefore = 0, speed = 0;
        foreach (var batch in _session.Batches(epoch))
        {
            if (epoch == 0 && batches == 0)
                _session.Recorder.Crops(batch);
            int taken = batches / _options.Optimizer.AccumulationSteps;
            long step = (long)epoch * _session.StepsPerEpoch + taken;
            _rate = _session.Processes.Tell(_schedule[step]); // it may go by the clock
            if (_session.Step.Add(batch, criterion) is { } loss)
            {
                if (!double.IsFinite(loss))
                {
                    throw new NotFiniteNumberException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"The loss became {loss} at step {taken + 1} of epoch {epoch + 1}, learning rate {_rate:g3}. Lower LearningRate, or raise WarmUpSteps."),
                        loss);
                }

                sum += loss;
                counted++;
            }

            batches++;
            if (batches % _options.Optimizer.AccumulationSteps != 0 && batches != _session.BatchesPerEpoch)
                continue;
            if (_session.Step.Take(_rate))
                _average?.Add(step);
            speed = batches * batch.Images.shape[0] * _session.Processes.Size / watch.Elapsed.TotalSeconds;
            var progress = Report(TrainingPhase.Step, epoch, taken + 1, _session.StepsPerEpoch, counted == 0 ? double.NaN : sum / counted, _rate, speed);
            _session.Recorder.Step(step + 1, sum - sumBefore, counted - countedBefore, progress);
            (sumBefore, countedBefore) = (sum, counted);
            _options.Progress?.Report(progress);
            if (IsTimeUp())
                break;
        }

        return (counted == 0 ? double.NaN : sum / counted, speed);
    }

    // Keeps the weights if they are the best.
    private ValidationResult Validate(int epoch, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        _validating.Start();
        var result = _validation!.Run( // only called with a validation set
            done =>
            {
                _imagesValidated++;
                _options.Progress?.Report(Report(TrainingPhase.Validation, epoch, done, _validation.Count, _position.Loss, _rate, done / watch.Elapsed.TotalSeconds));
            },
            cancellation);
        _validating.Stop();
        KeepIfBest(result.Metrics.MeanIoU);
        _session.Recorder.Validated(_position, result);
        return result;
    }

    private void KeepIfBest(double meanIoU)
    {
        bool isBest = double.IsFinite(meanIoU) && !(meanIoU <= _bestMeanIoU);
        if (!_session.Processes.Decide(isBest))
        {
            _validationsSinceBest++;
            return;
        }

        (_bestMeanIoU, _validationsSinceBest) = (meanIoU, 0);
        _best.Take(_session.Network);
        _folder?.SaveBest(_best, _position with { MeanIoU = meanIoU });
    }

    private CheckpointInfo PositionAt(int epoch) => new()
    {
        Epoch = epoch,
        Step = (long)epoch * _session.StepsPerEpoch,
        MeanIoU = null,
        Seed = _session.Plan.Seed,
        Network = _options.Network.Id,
        Labels = _session.Data.Labels,
        CropHeight = _options.CropHeight,
        CropWidth = _options.CropWidth,
        InferenceScale = _options.InferenceScale,
        Options = OptionsFingerprint.Of(_options),
    };

    private TrainingProgress ReportEpoch(int epoch, double imagesPerSecond, ValidationResult? validated = null) =>
        Report(TrainingPhase.Epoch, epoch, _session.StepsPerEpoch, _session.StepsPerEpoch, _position.Loss, _rate, imagesPerSecond, validated);

    private TrainingProgress Report(
        TrainingPhase phase, int epoch, int step, int steps, double loss, double rate, double imagesPerSecond, ValidationResult? validated = null, string? message = null)
    {
        int epochs = EpochsInTime(epoch, phase == TrainingPhase.Step ? (double)step / steps : 1);
        long before = (long)_firstEpoch * _session.StepsPerEpoch, all = (long)_options.Epochs * _session.StepsPerEpoch;
        long done = phase == TrainingPhase.Step ? (long)epoch * steps + step : _position.Step;
        return new TrainingProgress
        {
            Phase = phase,
            Epoch = epoch + 1,
            Epochs = epochs,
            Step = step,
            StepsPerEpoch = steps,
            Loss = loss,
            LearningRate = rate,
            ImagesPerSecond = imagesPerSecond,
            Elapsed = _watch.Elapsed,
            Remaining = _budget.Left ?? TimeLeft.Estimate(
                _watch.Elapsed - _validating.Elapsed, done - before, all - done, _validating.Elapsed, _imagesValidated, _imagesToValidate - _imagesValidated),
            MeanIoU = validated?.Metrics.MeanIoU,
            PerClassIoU = validated?.Metrics.PerClassIoU,
            Sources = validated?.Sources ?? [],
            BestMeanIoU = _bestMeanIoU,
            Message = message,
        };
    }

    // How many epochs there will be: of a run that the time may end, an estimate.
    private int EpochsInTime(int epoch, double share)
    {
        double gone = _budget.Share;
        return gone == 0 ? _options.Epochs : (int)Math.Clamp(Math.Round((epoch + share) / gone), epoch + 1, _options.Epochs);
    }
}
