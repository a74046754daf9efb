// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using Microsoft.ML.SemanticFlow.Transforms;
using Microsoft.ML.Transforms.Image;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Trains a segmentation network on images and their masks; the result scores images with the network exported to ONNX.</summary>
public sealed class SemanticFlowTrainer : IEstimator<SemanticFlowTransformer>
{
    private const long BytesOfMegabyte = 1 << 20;

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
    /// <exception cref="PlatformNotSupportedException">The GPU that the MLContext names cannot be used, and it does not allow the processor instead.</exception>
    public SemanticFlowTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var channel = _host.Start("Training");
        var labels = LabelsOf(input.Schema);
        var readers = ReadersOf(input, labels);
        using var folder = _options.Run is { } run ? RunFolder.Open(run.Directory, run.Resume) : null;
        if (folder is not { HasCheckpoint: true })
            StartingWeights.Check(_options);
        using var cancellation = new TrainingCancellation(_host, _options.CancellationToken);

        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        var recorder = new RunRecorder(_options, folder, labels, channel);
        try
        {
            using var network = Train(input, readers, labels, folder, recorder, channel, cancellation.Token);
            var model = Export(network, labels, folder, channel);
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
        var labels = LabelsOf(input.Schema);
        var readers = ReadersOf(input, labels);
        StartingWeights.Check(_options);
        using var cancellation = new TrainingCancellation(_host, _options.CancellationToken);

        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        var plan = TrainingPlan.For(_options, _seed, TrainingDevice.Of(_environment, channel));
        using var state = random.get_rng_state();
        int threads = get_num_threads();
        set_num_threads(plan.Threads);
        try
        {
            using var network = CreateNetwork(plan, labels);
            StartingWeights.Load(_options, network, channel);
            var (training, boost) = OpenTraining(readers, plan, cancellation.Token);
            Place(network, plan);
            var loss = LossOf(_options, new LossContext(labels, () => training.CountPixels(cancellation.Token))).At(epoch: 0);
            using var loader = CreateLoader(training, boost, labels, plan, folder: null, channel, cancellation.Token);
            using var step = new GradientStep(_options, plan, network);
            step.Begin();
            using var batches = Batches(loader, cancellation.Token).GetEnumerator();
            return LearningRateFinder.Run(lowest, highest, steps, rate => Step(step, batches, loss, rate));
        }
        finally
        {
            set_num_threads(threads);
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
        IDataView input, Readers readers, LabelMap labels, RunFolder? folder, RunRecorder recorder, IChannel channel, CancellationToken cancellation)
    {
        string? checkpointPath = null;
        var checkpoint = folder is { HasCheckpoint: true } ? folder.ReadNewest(out checkpointPath) : null;
        if (checkpoint is not null)
            OptionsFingerprint.Compare(checkpoint, _options, labels, checkpointPath!); // read from there
        var plan = TrainingPlan.For(_options, checkpoint?.Seed ?? _seed, TrainingDevice.Of(_environment, channel));
        recorder.Start(plan, checkpoint, input);

        int threads = get_num_threads();
        set_num_threads(plan.Threads);
        var network = CreateNetwork(plan, labels);
        try
        {
            if (checkpoint is null)
                StartingWeights.Load(_options, network, channel); // before all images are read: what does not fit is known at once

            var (training, boost) = OpenTraining(readers, plan, cancellation);
            long left = CacheBytes - training.CachedBytes - (boost?.CachedBytes ?? 0);
            var validation = readers.Validation is null ? null : SampleSource.Open(readers.Validation, left, plan.LoaderThreads, "validation set", cancellation);
            channel.Say($"{training.Count} training images{(training.IsCached ? " in memory" : "")}, {(boost is null ? "" : $"{boost.Count} to boost classes, ")}{validation?.Count ?? 0} validation images, {labels.ClassCount} classes, seed {plan.Seed}, {plan}");

            Place(network, plan);
            var loss = LossOf(_options, new LossContext(labels, () => training.CountPixels(cancellation)));
            using var loader = CreateLoader(training, boost, labels, plan, folder, channel, cancellation);
            using var loop = new TrainingLoop(
                _options, plan, labels, network, loss, loader, validation is null ? null : new Validation(validation, labels, plan, byId: _options.Labels is not null), folder, recorder, channel);
            if (checkpoint is not null)
                loop.Resume(folder!, checkpointPath!); // a checkpoint was found in it
            loop.Run(cancellation);
            return network.cpu();
        }
        catch
        {
            network.Dispose();
            throw;
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private SegmentationNetwork CreateNetwork(TrainingPlan plan, LabelMap labels)
    {
        random.manual_seed(plan.Seed);
        var network = _options.Network.Create(labels.ClassCount);
        WeightInitialization.HeNormal(network);
        return network;
    }

    private static void Place(SegmentationNetwork network, TrainingPlan plan)
    {
        network.to(plan.Device);
        if (plan.UseChannelsLast)
            MemoryLayout.ToChannelsLast(network);
    }

    private BatchLoader CreateLoader(
        SampleSource training, SampleSource? boost, LabelMap labels, TrainingPlan plan, RunFolder? folder, IChannel channel, CancellationToken cancellation)
    {
        var sampler = SamplerFactory.Create(_options, training, boost, labels, folder, channel, cancellation);
        return new BatchLoader(new CropStream(sampler, training, boost), new JointAugmentation(AugmentationOf(_options)), _options.BatchSize, plan.UseChannelsLast, plan.LoaderThreads, plan.Seed);
    }

    private static IEnumerable<Batch> Batches(BatchLoader loader, CancellationToken cancellation)
    {
        for (int epoch = 0; ; epoch++)
        {
            bool any = false;
            foreach (var batch in loader.Epoch(epoch, cancellation).Where(batch => batch.HasLabels))
            {
                any = true;
                yield return batch;
            }

            if (!any)
                throw new InvalidDataException("No crop of an epoch has a pixel that counts. Look for masks that are ignored throughout, or take larger crops.");
        }
    }

    // The mean loss of the batches of a step, then the step.
    private double Step(GradientStep step, IEnumerator<Batch> batches, Criterion loss, double rate)
    {
        double sum = 0;
        for (int i = 0; i < _options.Optimizer.AccumulationSteps; i++)
        {
            batches.MoveNext(); // without end
            sum += step.Add(batches.Current, loss);
        }

        step.Take(rate);
        return sum / _options.Optimizer.AccumulationSteps;
    }

    private LabelMap LabelsOf(DataViewSchema schema) =>
        _options.Labels ?? MaskAnnotations.TryGet(RowInput.Mask("label", _options.LabelColumnName).Find(schema))
        ?? throw new InvalidOperationException($"Column '{_options.LabelColumnName}' does not say which classes its masks hold. Load it with LoadMasks, or set Labels in the options.");

    private long CacheBytes => _options.Execution.CacheMegabytes * BytesOfMegabyte;

    private Readers ReadersOf(IDataView input, LabelMap labels)
    {
        var boost = _options.Sampling?.Boost;
        if (boost is not null)
            ClassNames.ToIds(boost.Classes, labels, nameof(boost.Classes)); // a name that is none is known at once
        var training = SampleReader.OfColumns(input, _options.ImageColumnName, _options.LabelColumnName, labels);
        var (image, label) = (input.Schema[_options.ImageColumnName], input.Schema[_options.LabelColumnName]); // the reader found them
        var files = new LabelFiles(MaskAnnotations.TryGet(label) ?? labels, DataFingerprint.IdsOf(input, label.Name) ?? MaskIds.Raw);
        RequireGray16(image);
        var size = image.Type is ImageDataViewType { Height: > 0, Width: > 0 } known ? (known.Height, known.Width) : ((int, int)?)null;
        return new Readers(training, Find(boost?.Set, "set that boosts classes"), Find(_options.ValidationSet, "validation set"));

        SampleReader? Find(IDataView? data, string what)
        {
            if (data is null)
                return null;
            var masks = data.Schema.GetColumnOrNull(_options.LabelColumnName);
            if (masks is null && data.Schema.GetColumnOrNull(SampleReader.LabelPathColumn) is { } paths)
                return SampleReader.OfPaths(data, labels, files.Of(paths, what), size, _options.Gray16);
            if (_options.Labels is null && masks is { } column && MaskAnnotations.TryGet(column)?.FindDifference(labels, $"Column '{column.Name}' of the {what}", "the training set") is { } difference)
                throw new ArgumentException($"{difference} Load both with one label map, or set Labels in the options to go by the ids.", nameof(input));
            return SampleReader.OfColumns(data, _options.ImageColumnName, _options.LabelColumnName, labels);
        }
    }

    private void RequireGray16(DataViewSchema.Column image)
    {
        if (ImageAnnotations.TryGetGray16(image) is { } read && read != _options.Gray16)
            throw new ArgumentException($"Column '{image.Name}' was loaded with Gray16.{read}, and the options say Gray16.{_options.Gray16}: the model would be told to read 16-bit gray images otherwise than it learnt them. Say the same in both places.", nameof(image));
    }

    private (SampleSource Training, SampleSource? Boost) OpenTraining(Readers readers, TrainingPlan plan, CancellationToken cancellation)
    {
        var training = SampleSource.Open(readers.Training, CacheBytes, plan.LoaderThreads, "training set", cancellation);
        var boost = readers.Boost is null ? null : SampleSource.Open(readers.Boost, CacheBytes - training.CachedBytes, plan.LoaderThreads, "set that boosts classes", cancellation);
        return (training, boost);
    }

    private SemanticFlowTransformer Export(SegmentationNetwork network, LabelMap labels, RunFolder? folder, IChannel channel)
    {
        var exported = RunExport.OfNetwork(network, _options.Network.Id, labels, _options.CropHeight, _options.CropWidth, _options.Gray16, new OnnxExportOptions());
        channel.Say($"Exported to ONNX: {exported.Verification}");
        if (folder is not null)
            AtomicFile.Write(folder.Model, exported.Bytes);
        var model = SegmentationModel.FromBytes(exported.Bytes, "the trained model", ExecutionOptions.Of(_environment, execution: null) with { FallbackToCpu = true });
        return new SemanticFlowTransformer(_environment, _options.PredictedLabelColumnName, _options.ImageColumnName, model);
    }

    private static DeepSupervision LossOf(SemanticFlowTrainerOptions options, LossContext context)
    {
        var pixels = options.Loss.Create(context);
        if (options.AddedLoss is { } added)
            pixels = new WeightedSum(pixels, added.Loss.Create(context), added.Weight);
        return new DeepSupervision(pixels, options.DeepSupervisionWeights);
    }

    private static AugmentationOptions AugmentationOf(SemanticFlowTrainerOptions options) => new()
    {
        CropHeight = options.CropHeight,
        CropWidth = options.CropWidth,
        ShorterSide = options.Augmentation.ShorterSide,
        ScaleMin = options.Augmentation.ScaleMin,
        ScaleMax = options.Augmentation.ScaleMax,
        FlipProbability = options.Augmentation.FlipProbability,
        ColorJitter = options.Augmentation.ColorJitter,
        HueJitter = options.Augmentation.HueJitter,
        GaussianBlur = options.Augmentation.GaussianBlur,
    };

    private sealed record Readers(SampleReader Training, SampleReader? Boost, SampleReader? Validation);
}
