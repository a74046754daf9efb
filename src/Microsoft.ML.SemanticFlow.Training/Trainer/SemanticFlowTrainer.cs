// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Trainer;
using Microsoft.ML.SemanticFlow.Trainer.Options;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using Microsoft.ML.SemanticFlow.Trainer.Schedules;
using Microsoft.ML.SemanticFlow.Transforms;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Trains a segmentation network on images and their masks; the result scores images with the network exported to ONNX.</summary>
/// <example>
/// <code>
/// SemanticFlowTrainer trainer = ml.SemanticSegmentation.Trainers.SemanticFlow(options);
/// var model = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Append(trainer).Fit(train);
/// model.LastTransformer.Model.Save("trained.onnx");
/// </code>
/// </example>
public sealed class SemanticFlowTrainer : IEstimator<SemanticFlowTransformer>
{
    private readonly IHostEnvironment _environment;
    private readonly IHost _host;
    private readonly SemanticFlowTrainerOptions _options;
    private readonly int _seed;

    internal SemanticFlowTrainer(IHostEnvironment environment, SemanticFlowTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RecipeCheck.Of(options);
        (_environment, _options) = (environment, options);
        _host = environment.Register(nameof(SemanticFlowTrainer));
        _seed = options.Seed ?? _host.Rand.Next();
    }

    /// <summary>Trains the network on a data set.</summary>
    /// <param name="input">The image and the label column; the label column names the classes.</param>
    /// <returns>A transformer that adds the predicted masks.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="ArgumentException">The paths of a validation or boost set carry a label map of other classes.</exception>
    /// <exception cref="InvalidDataException">A row does not hold: the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before an epoch was complete.</exception>
    /// <exception cref="NotFiniteNumberException">
    /// The loss left the range of numbers before an epoch was complete. Later, the best weights so far are returned, and progress and log say so.
    /// </exception>
    /// <exception cref="SegmentationCheckException">The exported file does not give the network's scores, as when training diverged.</exception>
    /// <exception cref="PlatformNotSupportedException">The GPU that the MLContext names cannot be used, and it does not allow the processor instead.</exception>
    public SemanticFlowTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var budget = new TrainingBudget(_options.MaxTrainingTime);
        using var channel = _host.Start("Training");
        var processes = DataParallel.ProcessesOf(_options.Execution);
        var data = TrainingData.Find(_options, input);
        using var folder = _options.Run is { } run && processes.IsFirst ? RunFolder.Open(run.Directory, run.Resume) : null;
        bool resumes = processes.Decide(folder is { HasCheckpoint: true });
        if (!resumes)
            StartingWeights.Check(_options);
        using var cancellation = new TrainingCancellation(_host, _options.CancellationToken);
        foreach (string reason in _options.Reasons)
            channel.Say(reason);

        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        var recorder = new RunRecorder(_options, folder, data.Labels, channel);
        try
        {
            var from = resumes && !processes.IsFirst ? RunFolder.Read(_options.Run!.Directory) : null; // the first process's run has a folder
            using var network = Train(data, recorder, recorder.Resume(from), processes, budget, channel, cancellation.Token);
            var model = Export(network, data.Labels, folder, processes, channel);
            recorder.End();
            return model;
        }
        catch (Exception e)
        {
            recorder.Fail(e);
            throw;
        }
    }

    /// <summary>Tries learning rates: trains a network of its own at rates that grow from step to step, as long as its loss does not grow too far.</summary>
    /// <remarks>The options decide all but the rate; their run folder and validation set are left alone, and torch's random source is as it was.</remarks>
    /// <param name="input">The image and the label column; the label column names the classes.</param>
    /// <param name="lowest">The first rate.</param>
    /// <param name="highest">The last rate.</param>
    /// <param name="steps">Steps from the first to the last, at least 2.</param>
    /// <returns>The loss at each rate, and a suggestion.</returns>
    /// <exception cref="InvalidDataException">A row does not hold: the message names it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public LearningRateSweep FindLearningRate(IDataView input, double lowest = 1e-6, double highest = 1, int steps = 100)
    {
        ArgumentNullException.ThrowIfNull(input);
        Check.Positive(lowest, nameof(lowest));
        Check.AtLeast(steps, 2, nameof(steps));
        if (!(highest > lowest && double.IsFinite(highest)))
            throw new ArgumentOutOfRangeException(nameof(highest), highest, FormattableString.Invariant($"highest must be greater than lowest, {lowest}, not {highest}."));

        using var channel = _host.Start("Finding the learning rate");
        var data = TrainingData.Find(_options, input);
        StartingWeights.Check(_options);
        using var cancellation = new TrainingCancellation(_host, _options.CancellationToken);

        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        using var state = random.get_rng_state();
        try
        {
            var recorder = new RunRecorder(_options, folder: null, data.Labels, channel);
            using var session = new TrainingSession(_options, data, PlanOf(_seed, SingleProcess.Instance, channel), recorder, SingleProcess.Instance, channel, cancellation.Token);
            return LearningRateFinder.Run(session, lowest, highest, steps);
        }
        finally
        {
            random.set_rng_state(state);
        }
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        foreach (var wanted in new[] { RowInput.Image("image", _options.ImageColumnName), RowInput.Mask("label", _options.LabelColumnName) })
        {
            var found = inputSchema.Where(column => column.Name == wanted.Name).ToArray();
            if (found.Length == 0)
                throw wanted.Missing(nameof(inputSchema));
            if (!wanted.Accepts(found[^1].ItemType))
                throw wanted.Mismatch(nameof(inputSchema), found[^1].ItemType.ToString()!); // data view types name themselves
        }

        var added = MlNetInternals.ShapeOf(_options.PredictedLabelColumnName, SegmentationMaskDataViewType.Instance);
        return new SchemaShape(inputSchema.Where(column => column.Name != added.Name).Append(added));
    }

    private SegmentationNetwork Train(
        TrainingData data, RunRecorder recorder, CheckpointInfo? checkpoint, Collective processes, TrainingBudget budget, IChannel channel, CancellationToken cancellation)
    {
        var plan = PlanOf(processes.Tell(checkpoint?.Seed ?? _seed), processes, channel);
        if (!processes.IsAlone)
            channel.Say($"Process {processes.Rank + 1} of {processes.Size} that train together, through {processes.Name}");
        recorder.Start(plan, data.Input);
        using var onGpus = !processes.IsAlone && plan.Device.type == DeviceType.CUDA ? new NcclCollective(processes, new NcclLibrary(), plan.Device.index) : null;
        using var session = new TrainingSession(_options, data, plan, recorder, onGpus ?? processes, channel, cancellation);
        using (var loop = new TrainingLoop(session, Validation.Open(session, cancellation), budget))
            loop.Run(cancellation);
        return session.TakeNetwork();
    }

    private TrainingPlan PlanOf(int seed, Collective processes, IChannel channel) =>
        TrainingPlan.For(_options, seed, TrainingDevice.Of(_environment, processes, channel), processes);

    private SemanticFlowTransformer Export(SegmentationNetwork network, LabelMap labels, RunFolder? folder, Collective processes, IChannel channel)
    {
        byte[] bytes = processes.Share(() => Export(network, labels, folder, channel));
        var model = SegmentationModel.FromBytes(bytes, "the trained model", ExecutionOptions.Of(_environment, execution: null) with { FallbackToCpu = true });
        return new SemanticFlowTransformer(_environment, _options.PredictedLabelColumnName, _options.ImageColumnName, model);
    }

    private byte[] Export(SegmentationNetwork network, LabelMap labels, RunFolder? folder, IChannel channel)
    {
        var trained = new ModelDescription
        {
            Network = _options.Network.Id,
            Form = OnnxForm.Scoring,
            Labels = labels,
            Gray16 = _options.Gray16,
            TrainingHeight = _options.CropHeight,
            TrainingWidth = _options.CropWidth,
            Scale = _options.InferenceScale,
            WeightsSha256 = "", // the exporter's to fill in
        };
        var exported = RunExport.OfNetwork(network, trained, new OnnxExportOptions());
        channel.Say($"Exported to ONNX: {exported.Verification}");
        if (folder is not null)
            AtomicFile.Write(folder.Model, exported.Bytes);
        return exported.Bytes;
    }
}
