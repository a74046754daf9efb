// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Labels;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer.Options;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>Keeps what a run leaves behind beside its weights: <c>run.json</c>, <c>log.csv</c>, <c>validation.csv</c>, <c>sources.csv</c>, <c>tensorboard</c>.</summary>
/// <remarks>Without a run folder it keeps nothing.</remarks>
internal sealed class RunRecorder
{
    private static readonly string[] _logColumns =
        ["epoch", "seconds", "learning_rate", "loss", "validation_miou", "images_per_second", "memory_megabytes", "peak_memory_megabytes"];

    private readonly SemanticFlowTrainerOptions _options;
    private readonly LabelMap _labels;
    private readonly IChannel _channel;
    private readonly EpochTable? _log;
    private readonly EpochTable? _validations;
    private readonly EpochTable? _sources;
    private readonly TensorBoardLog? _tensorBoard;
    private readonly RunPictures? _pictures;
    private readonly RunPageWriter? _page;
    private RunRecord? _record;
    private TimeSpan _earlier;
    private string _state = "finished";
    private string? _message;
    private int _epoch;

    public RunRecorder(SemanticFlowTrainerOptions options, RunFolder? folder, LabelMap labels, IChannel channel)
    {
        (_options, Folder, _labels, _channel) = (options, folder, labels, channel);
        if (folder is null)
            return;
        _log = new EpochTable(folder.Log, _logColumns);
        string[] figures = ["miou", "pixel_accuracy", .. labels.Classes.Select(c => c.Name)];
        _validations = new EpochTable(folder.Validations, ["epoch", .. figures]);
        _sources = new EpochTable(folder.Sources, ["epoch", "source", "images", .. figures]);
        _pictures = new RunPictures(folder.Pictures, labels);
        _page = new RunPageWriter(folder, channel);
        if (options.Run is { TensorBoard: true } run)
            _tensorBoard = new TensorBoardLog(folder.TensorBoard, labels, run.TensorBoardInterval);
    }

    /// <summary>The run folder; null where nothing is kept.</summary>
    public RunFolder? Folder { get; }

    /// <summary>Where the run goes on from, once that was looked for; null where it begins.</summary>
    public StoredCheckpoint? ResumedFrom { get; private set; }

    /// <summary>Looks for the checkpoint that the run goes on from.</summary>
    /// <param name="from">Where; null for the run's own folder.</param>
    /// <returns>What it says about itself; null where there is none.</returns>
    /// <exception cref="InvalidOperationException">It was made with other options.</exception>
    /// <exception cref="InvalidDataException">There are checkpoints, and none is whole.</exception>
    public CheckpointInfo? Resume(RunFolder? from = null)
    {
        if ((from ?? Folder) is not { HasCheckpoint: true } folder)
            return null;
        var newest = folder.ReadNewest();
        OptionsFingerprint.Compare(newest.Info, _options, _labels, newest.Path);
        ResumedFrom = newest;
        return newest.Info;
    }

    /// <summary>Says in <c>run.json</c> what is run, on what.</summary>
    /// <exception cref="InvalidOperationException">A resumed run is given other data than it was trained on.</exception>
    public void Start(TrainingPlan plan, IDataView training)
    {
        if (Folder is null)
            return;
        var earlier = RunRecord.Read(Folder.Run);
        var ids = DataFingerprint.IdsOf(training, _options.LabelColumnName) ?? MaskIds.Raw;
        var checkpoint = ResumedFrom?.Info;
        var start = new StartRecord
        {
            At = DateTime.UtcNow,
            FromEpoch = checkpoint?.Epoch ?? 0,
            Epochs = _options.Epochs,
            MaxSeconds = _options.MaxTrainingTime?.TotalSeconds,
            Versions = new VersionsRecord(
                VersionOf(typeof(RunRecorder)), VersionOf(typeof(TorchSharp.torch)), System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription),
            Machine = MachineRecord.Current(),
            Plan = new PlanRecord(plan.PrecisionName, plan.UseChannelsLast, plan.Threads, plan.LoaderThreads),
            TrainingSet = FingerprintOf(training, ids),
            ValidationSet = _options.ValidationSet is { } validation ? FingerprintOf(validation, ids) : null,
            BoostSet = _options.Sampling?.Boost?.Set is { } boost ? FingerprintOf(boost, ids) : null,
            Notes = _options.Run!.Notes, // there is a folder
            Reasons = _options.Reasons.Count > 0 ? _options.Reasons : null,
        };
        if (checkpoint is not null && earlier is { Starts: [.., var last] })
        {
            Compare("training set", last.TrainingSet, start.TrainingSet);
            Compare("validation set", last.ValidationSet, start.ValidationSet);
            Compare("boost set", last.BoostSet, start.BoostSet);
        }

        if (checkpoint is null)
            _tensorBoard?.Continue(step: 0); // of a start that completed no epoch

        _epoch = start.FromEpoch;
        _record = new RunRecord
        {
            Network = _options.Network.Id,
            Labels = new LabelsRecord(_labels.Name, [.. _labels.Classes.Select(c => c.Name)]),
            Seed = plan.Seed,
            Options = OptionsFingerprint.Of(_options),
            Starts = [.. earlier?.Starts ?? [], start],
        };
        _record.Write(Folder.Run);
    }

    /// <summary>Takes over what was recorded up to a checkpoint; what came after it is done again, the checkpoint's own validation too.</summary>
    /// <returns>The time that led there.</returns>
    public TimeSpan Continue(CheckpointInfo checkpoint)
    {
        _log?.Continue(checkpoint.Epoch);
        _validations?.Continue(checkpoint.Epoch - 1);
        _sources?.Continue(checkpoint.Epoch - 1);
        _tensorBoard?.Continue(checkpoint.Step);
        return _earlier = TimeSpan.FromSeconds(_log?.LastValue(Array.IndexOf(_logColumns, "seconds")) ?? 0);
    }

    /// <summary>Records a step.</summary>
    /// <param name="step">Steps of the whole run, this one included.</param>
    /// <param name="lossSum">The sum of the losses of this step's batches.</param>
    /// <param name="batches">How many batches had a pixel that counts.</param>
    /// <param name="progress">What else is known.</param>
    public void Step(long step, double lossSum, int batches, TrainingProgress progress) =>
        _tensorBoard?.Step(step, lossSum, batches, progress.LearningRate, progress.ImagesPerSecond, flush: progress.Step == progress.StepsPerEpoch);

    /// <summary>Keeps the first crops that the network sees.</summary>
    public void Crops(Batch batch)
    {
        if (_pictures is { HasCrops: false } pictures)
            _page?.Try(() => pictures.Crops(batch));
    }

    /// <summary>Keeps a validated image, if it is one of the few that are shown.</summary>
    public void Image(int index, int count, LabelledImage sample, ReadOnlySpan<byte> predicted)
    {
        _tensorBoard?.Image(index, count, sample, predicted);
        if (_pictures is null || !RunPictures.IsShown(index, count))
            return;
        byte[] ids = predicted.ToArray();
        _page?.Try(() => _pictures.Image(index, count, _epoch, sample, ids));
    }

    /// <summary>Draws the page of the run anew, if it has not cost too much of the time already.</summary>
    public void Draw() => _page?.Draw();

    /// <summary>Records a validation.</summary>
    public void Validated(CheckpointInfo position, ValidationResult result)
    {
        _validations?.Set(position.Epoch, $"{Figures(result.Metrics)}");
        _sources?.Set(
            position.Epoch,
            [.. result.Sources.Select(source => (FormattableString)$"{Csv.Quote(source.Source ?? "")},{source.ImageCount},{Figures(source.Metrics)}")]);
        _tensorBoard?.Validated(position.Step, result);
        _page?.Validated(position.Epoch, result.Metrics);
    }

    /// <summary>Records an epoch: once its steps are done, and again once it is validated.</summary>
    public void Epoch(TrainingProgress progress)
    {
        _epoch = progress.Epoch;
        if (_log is null)
            return;
        if (progress.Epoch == _record?.Starts[^1].FromEpoch && _log.Has(progress.Epoch))
        {
            // Trained in an earlier start, validated again in this one.
            _log.Set(progress.Epoch, Array.IndexOf(_logColumns, "validation_miou"), $"{progress.MeanIoU:f6}");
            return;
        }

        using var process = Process.GetCurrentProcess();
        long resident = process.WorkingSet64 >> 20, peak = process.PeakWorkingSet64 >> 20;
        _log.Set(progress.Epoch,
            $"{(_earlier + progress.Elapsed).TotalSeconds:f1},{progress.LearningRate:g6},{progress.Loss:f6},{progress.MeanIoU:f6},{progress.ImagesPerSecond:f2},{resident},{peak}");
    }

    /// <summary>Training ended early, and what was learnt before is kept.</summary>
    public void Stopped(Exception reason) =>
        (_state, _message) = reason is OperationCanceledException ? ("cancelled", null) : ("failed", RecordedPaths.In(reason.Message, _options.Run));

    /// <summary>Records how this start ended.</summary>
    public void End()
    {
        if (Folder is null || _record is null)
            return;
        var best = ReadBest(Folder.Best);
        using var process = Process.GetCurrentProcess();
        var end = new EndRecord
        {
            State = _state,
            At = DateTime.UtcNow,
            Epoch = _epoch,
            BestEpoch = best?.Epoch,
            BestMeanIoU = best?.MeanIoU,
            PeakMemoryMegabytes = process.PeakWorkingSet64 >> 20,
            Message = _message,
        };
        _record = _record with { Starts = [.. _record.Starts.SkipLast(1), _record.Starts[^1] with { End = end }] };
        _record.Write(Folder.Run);
        _page?.DrawLast();
    }

    /// <summary>Records a failure that leaves through the caller, which must not be hidden by one of writing it down.</summary>
    public void Fail(Exception reason)
    {
        try
        {
            Stopped(reason);
            End();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _channel.Warn($"How the run ended is not in {Folder?.Run}: {e.Message}");
        }
    }

    private static string Figures(SemanticSegmentationMetrics metrics) => string.Join(
        ',',
        new[] { metrics.MeanIoU, metrics.PixelAccuracy }.Select(share => share.ToString("f6", CultureInfo.InvariantCulture))
            .Concat(metrics.PerClassIoU.Select(iou => double.IsNaN(iou) ? "" : iou.ToString("f6", CultureInfo.InvariantCulture))));

    private static CheckpointInfo? ReadBest(string path)
    {
        try
        {
            return File.Exists(path) ? Checkpoint.ReadInfo(path) : null;
        }
        catch (InvalidDataException)
        {
            return null; // a run may go on without it, and has said so
        }
    }

    private static string VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "";

    private DataFingerprint FingerprintOf(IDataView data, MaskIds ids) => DataFingerprint.Of(data, _options.ImageColumnName, _options.LabelColumnName, ids);

    private void Compare(string what, DataFingerprint? then, DataFingerprint? now)
    {
        if (DataFingerprint.Difference(then, now) is not { } difference)
            return;
        if (_options.Run is { AllowOtherData: false } run)
            throw new InvalidOperationException(
                $"The {what} is not the one that the run in '{run.Directory}' had before: {difference}. Give it the same data, or set AllowOtherData to go on with this.");
        _channel.Warn($"The {what} is not the one that the run had before: {difference}");
    }
}
