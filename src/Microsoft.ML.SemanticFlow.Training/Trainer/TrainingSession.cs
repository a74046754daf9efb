// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer.Options;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>A training while it lasts: the network on its device, what it sees, its loss and its steps, and this process's seat among others.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly Stack<IDisposable> _owned = new();
    private readonly int _threadsBefore = get_num_threads();
    private readonly BatchLoader _loader;
    private readonly CancellationToken _cancellation;
    private bool _isNetworkTaken;

    /// <summary>Makes a network, with the weights to start from where the run has no checkpoint, and opens the training set.</summary>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="data">What it is trained on.</param>
    /// <param name="plan">What the options leave open.</param>
    /// <param name="recorder">Keeps what the run leaves behind.</param>
    /// <param name="processes">The processes that train together.</param>
    /// <param name="channel">Told what is loaded and found.</param>
    /// <param name="cancellation">Ends this and the batches with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidDataException">A file or a row does not hold.</exception>
    public TrainingSession(
        SemanticFlowTrainerOptions options, TrainingData data, TrainingPlan plan, RunRecorder recorder, Collective processes, IChannel channel, CancellationToken cancellation)
    {
        (Options, Data, Plan, Recorder, Processes, Channel, _cancellation) = (options, data, plan, recorder, processes, channel, cancellation);
        set_num_threads(plan.Threads);
        Network = CreateNetwork();
        try
        {
            if (recorder.ResumedFrom is null)
                StartingWeights.Load(options, Network, data.Labels, channel); // before all images are read: what does not fit is known at once
            var (training, boost) = data.OpenTraining(plan.LoaderThreads, cancellation);
            CachedBytes = training.CachedBytes + (boost?.CachedBytes ?? 0);
            channel.Say(
                $"{training.Count} training images{(training.IsCached ? " in memory" : "")}{(boost is null ? "" : $", {boost.Count} to boost classes")}, " +
                $"{data.Labels.ClassCount} classes, seed {plan.Seed}, {plan}");

            RequireSameData(training, boost);
            var pixels = training.CountPixels(processes, cancellation);
            LabelCensus.Check(pixels, data.Labels, options.AllowEmptyClasses, channel);

            Network.to(plan.Device);
            processes.Broadcast(Network); // what was read from files, or drawn, is the first process's in all
            if (plan.UseChannelsLast)
                MemoryLayout.ToChannelsLast(Network);
            Loss = LossOf(options, new LossContext(data.Labels, pixels.Classes, processes));
            var sampler = new SamplerFactory(data.Labels, recorder.Folder, processes, channel).Create(options, training, boost, cancellation);
            _loader = Own(new BatchLoader(
                new CropStream(sampler, training, boost), new JointAugmentation(AugmentationOf(options)), new BatchShare(options.BatchSize, processes.Rank, processes.Size),
                plan.UseChannelsLast, plan.LoaderThreads, plan.Seed));
            Step = Own(new GradientStep(options, plan, Network, processes));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SemanticFlowTrainerOptions Options { get; }

    public TrainingData Data { get; }

    public TrainingPlan Plan { get; }

    public RunRecorder Recorder { get; }

    /// <summary>The processes that train together.</summary>
    public Collective Processes { get; }

    public IChannel Channel { get; }

    public SegmentationNetwork Network { get; }

    /// <summary>The loss over the run; ask it for that of an epoch.</summary>
    public DeepSupervision Loss { get; }

    public GradientStep Step { get; }

    /// <summary>Bytes of the images that lie in memory.</summary>
    public long CachedBytes { get; }

    /// <summary>Batches of an epoch.</summary>
    public int BatchesPerEpoch => _loader.StepsPerEpoch;

    /// <summary>Steps of an epoch; the last may have fewer batches than the others.</summary>
    public int StepsPerEpoch => (BatchesPerEpoch + Options.Optimizer.AccumulationSteps - 1) / Options.Optimizer.AccumulationSteps;

    /// <summary>The batches of an epoch, the same number in every process.</summary>
    /// <exception cref="OperationCanceledException">Any of the processes is cancelled.</exception>
    public IEnumerable<Batch> Batches(int epoch)
    {
        using var batches = _loader.Epoch(epoch, _cancellation).GetEnumerator();
        while (MoveNext(batches))
            yield return batches.Current;
    }

    /// <summary>Ends the session.</summary>
    /// <returns>The network, on the processor; it is the caller's from now on.</returns>
    public SegmentationNetwork TakeNetwork()
    {
        _isNetworkTaken = true;
        Dispose();
        return Network.cpu();
    }

    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
            owned.Dispose();
        if (!_isNetworkTaken)
            Network.Dispose();
        set_num_threads(_threadsBefore);
    }

    // A process that is cancelled takes the others with it.
    private bool MoveNext(IEnumerator<Batch> batches)
    {
        bool isMoved = false, isCancelled = false;
        try
        {
            isMoved = batches.MoveNext();
            isCancelled = isMoved && _cancellation.IsCancellationRequested; // an epoch that is complete stays so
        }
        catch (OperationCanceledException)
        {
            isCancelled = true;
        }

        return Processes.Any(isCancelled) ? throw new OperationCanceledException(_cancellation) : isMoved;
    }

    private void RequireSameData(SampleSource training, SampleSource? boost)
    {
        (int Training, int Boost, int Classes) own = (training.Count, boost?.Count ?? 0, Data.Labels.ClassCount), first = Processes.Tell(own);
        if (Processes.Any(own != first) && own != first)
            throw new InvalidDataException(
                $"Process {Processes.Rank} of {Processes.Size} sees {own.Training} training images, {own.Boost} to boost classes and {own.Classes} classes, " +
                $"the first one {first.Training}, {first.Boost} and {first.Classes}. All need the same data: put it where every process sees it.");
    }

    private SegmentationNetwork CreateNetwork()
    {
        random.manual_seed(Plan.Seed);
        var network = Options.Network.Create(Data.Labels.ClassCount);
        WeightInitialization.HeNormal(network);
        return network;
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Push(resource);
        return resource;
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
}
