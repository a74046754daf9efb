// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The numbers of a training run as options of the command line, each beside the property that it sets.</summary>
internal sealed class TrainingSettings
{
    private delegate SemanticFlowTrainerOptions Change(SemanticFlowTrainerOptions options, ParseResult parsed);

    private static readonly SemanticFlowTrainerOptions _defaults = new();

    private static readonly (string Word, SegmentationLossKind Value)[] _losses =
    [
        ("ohem", SegmentationLossKind.OhemCrossEntropy),
        ("ce", SegmentationLossKind.CrossEntropy),
        ("image-weighted", SegmentationLossKind.ImageWeightedCrossEntropy),
        ("relaxed", SegmentationLossKind.BoundaryRelaxedCrossEntropy),
        ("focal", SegmentationLossKind.Focal),
        ("dice", SegmentationLossKind.Dice),
        ("lovasz", SegmentationLossKind.LovaszSoftmax),
    ];

    private readonly List<(Option Option, Change Change)> _settings = [];

    public TrainingSettings()
    {
        Value("--network", $"Network id: {string.Join(", ", SegmentationNetworks.All)}.", "ID", _defaults.Network.Id, (set, id) => set with { Network = SegmentationNetworks.Get(id) });
        Optional<string?>("--initial-weights", "Start from a checkpoint of the network, or from the folder of a run; other classes are learnt anew.", "F.pth|RUN_DIR", (set, value) => set with { InitialWeights = value });
        Optional<string?>("--backbone", "Start from the authors' ImageNet weights of the backbone.", "F.pth|F.tar", (set, value) => value is null || set.InitialWeights is null
            ? set with { BackboneWeights = value }
            : throw new ArgumentException("A checkpoint of the whole network holds its backbone. Leave this out, or --initial-weights."));
        Value("--epochs", "How often each training image is seen.", "N", _defaults.Epochs, (set, value) => set with { Epochs = value });
        Value("--batch", "Crops a step.", "N", _defaults.BatchSize, (set, value) => set with { BatchSize = value });
        Pair("--crop", "Size of the training crop, multiples of 32.", "H,W", $"{_defaults.CropHeight},{_defaults.CropWidth}", Commands.Pair.Size, (set, size) => set with { CropHeight = size.Height, CropWidth = size.Width });
        Value("--lr", "Learning rate after warming up.", "X", _defaults.LearningRate, (set, value) => set with { LearningRate = value });
        Value("--power", "The learning rate falls as (1 - step / steps) to this power.", "X", _defaults.PolyPower, (set, value) => set with { PolyPower = value });
        Optional<int?>("--warm-up", "Steps over which the learning rate rises. [default: 50, or a tenth of all steps where that is less]", "STEPS", (set, value) => set with { WarmUpSteps = value });
        Choice(
            "--schedule",
            "How the learning rate falls: poly, poly that starts again once (the authors' scl-poly), half a cosine wave, not at all.",
            (set, value) => set with { Schedule = value },
            ("poly", LearningRateSchedule.Poly),
            ("poly-restart", LearningRateSchedule.PolyWithRestart),
            ("cosine", LearningRateSchedule.Cosine),
            ("constant", LearningRateSchedule.Constant));
        Choice("--schedule-interval", "Whether the learning rate changes with every step or once an epoch.", (set, value) => set with { ScheduleInterval = value }, ("step", ScheduleInterval.Step), ("epoch", ScheduleInterval.Epoch));
        Optional<int?>("--restart-epoch", "Epochs after which poly-restart starts again.", "N", (set, value) => set with { RestartEpoch = value });
        Value("--restart-factor", "Learning rate at the restart, as a factor of --lr.", "X", _defaults.RestartFactor, (set, value) => set with { RestartFactor = value });
        Value("--restart-power", "Power of the decay after the restart.", "X", _defaults.RestartPower, (set, value) => set with { RestartPower = value });
        Value("--weight-decay", "Weight decay.", "X", _defaults.WeightDecay, (set, value) => set with { WeightDecay = value });
        Choice(
            "--optimizer",
            "Stochastic gradient descent with momentum, or Adam with the decay in the gradient (adam) or on the weights (adamw).",
            (set, value) => set with { Optimizer = value },
            ("sgd", OptimizerKind.Sgd),
            ("adam", OptimizerKind.Adam),
            ("adamw", OptimizerKind.AdamW));
        Value("--adam-beta1", "How slowly Adam's mean of gradients follows them.", "X", _defaults.AdamBeta1, (set, value) => set with { AdamBeta1 = value });
        Value("--adam-beta2", "How slowly Adam's mean of squared gradients follows them.", "X", _defaults.AdamBeta2, (set, value) => set with { AdamBeta2 = value });
        Value("--momentum", "Momentum of stochastic gradient descent.", "X", _defaults.Momentum, (set, value) => set with { Momentum = value });
        Value("--accumulate", "Batches whose gradients make a step.", "N", _defaults.AccumulationSteps, (set, value) => set with { AccumulationSteps = value });
        Optional<double?>("--max-gradient-norm", "Shorten longer gradients to this norm. [default: leave them]", "X", (set, value) => set with { MaxGradientNorm = value });
        Value("--backbone-lr-factor", "Learning rate of the backbone, as a factor of --lr.", "X", _defaults.BackboneLearningRateFactor, (set, value) => set with { BackboneLearningRateFactor = value });
        Flag("--freeze-batch-norm", "Let batch norms keep the statistics that they start with.", (set, value) => set with { FreezeBatchNorm = value });
        Optional<double?>("--average-decay", "Validate and export a moving average of the weights, of which this much stays at a step. [default: no average]", "X", (set, value) => set with { WeightAverageDecay = value });
        Optional<int?>("--patience", "End after so many validations in a row without a better mIoU. [default: never]", "N", (set, value) => set with { EarlyStoppingPatience = value });
        Choice(
            "--loss",
            "Cross entropy over the hard pixels (ohem) or all (ce), weighted by image, relaxed at borders, focal; Dice; Lovász-softmax.",
            (set, value) => set with { Loss = value },
            _losses);
        Choice("--add-loss", "A second loss, added to the first.", (set, value) => set with { AddedLoss = value }, [("none", null), .. _losses.Select(loss => (loss.Word, (SegmentationLossKind?)loss.Value))]);
        Value("--add-loss-weight", "Weight of the second loss.", "X", _defaults.AddedLossWeight, (set, value) => set with { AddedLossWeight = value });
        Value("--ohem-threshold", "A pixel is hard while the probability of its true class is at most this.", "P", _defaults.OhemThreshold, (set, value) => set with { OhemThreshold = value });
        Value("--ohem-min-kept", "At least this many pixels of a batch are kept as hard.", "N", _defaults.OhemMinKept, (set, value) => set with { OhemMinKept = value });
        Value("--focal-gamma", "How fast easy pixels fade in the focal loss.", "X", _defaults.FocalGamma, (set, value) => set with { FocalGamma = value });
        Value("--image-weight-bound", "In the losses image-weighted and relaxed, a class that hardly occurs in an image weighs 1 + this.", "X", _defaults.ImageWeightBound, (set, value) => set with { ImageWeightBound = value });
        Flag("--weigh-over-batch", "Make those weights from the whole batch.", (set, value) => set with { WeighOverBatch = value });
        Value("--boundary-window", "Pixels that labels reach beyond a border in the loss relaxed.", "N", _defaults.BoundaryWindow, (set, value) => set with { BoundaryWindow = value });
        Optional<int?>("--relaxed-epochs", "Epochs until relaxation ends and borders count twice. [default: all]", "N", (set, value) => set with { BoundaryRelaxedEpochs = value });
        Optional<string?>("--strict-classes", "Classes whose pixels are never relaxed.", "NAME,...", (set, value) => value is null ? set : set with { StrictBoundaryClasses = Commands.List.Names(value) });
        Value("--auxiliary-weights", "Weights of the auxiliary losses of networks with deep supervision, coarse to fine; the last stands for all further ones.", "X,...", Commands.List.Text(_defaults.DeepSupervisionWeights), (set, value) => set with { DeepSupervisionWeights = Commands.List.Numbers(value) });
        Choice(
            "--class-weights",
            "Let pixels of rare classes count more, by the logarithm of their frequency or its square root.",
            (set, value) => set with { ClassWeighting = value },
            ("none", ClassWeighting.None),
            ("log", ClassWeighting.InverseLogFrequency),
            ("sqrt", ClassWeighting.SquareRootInverseLogFrequency));
        Value("--class-uniform", "Share of an epoch's crops drawn around centroids of each class in turn; the authors use 0.5.", "P", _defaults.ClassUniformFraction, (set, value) => set with { ClassUniformFraction = value });
        Value("--class-uniform-tile", "Centroids are taken over tiles of this many pixels.", "N", _defaults.ClassUniformTile, (set, value) => set with { ClassUniformTile = value });
        Optional<string?>("--boost-classes", "Classes that crops of --boost-images are drawn around.", "NAME,...", (set, value) => value is null ? set : set with { BoostClasses = Commands.List.Names(value) });
        Optional<int?>("--shorter-side", "Scale the shorter side of images to this many pixels before the random scale.", "N", (set, value) => set with { ShorterSide = value });
        Pair("--scale", "Random scale before cropping.", "MIN,MAX", FormattableString.Invariant($"{_defaults.ScaleMin},{_defaults.ScaleMax}"), Commands.Pair.Range, (set, range) => set with { ScaleMin = range.Min, ScaleMax = range.Max });
        Value("--flip", "How often an image is mirrored left to right.", "P", _defaults.FlipProbability, (set, value) => set with { FlipProbability = value });
        Value("--jitter", "Random change of brightness, contrast and saturation; 0 turns it off.", "X", _defaults.ColorJitter, (set, value) => set with { ColorJitter = value });
        Value("--hue", "Random change of hue, in turns of the colour circle; 0 turns it off.", "X", _defaults.HueJitter, (set, value) => set with { HueJitter = value });
        Flag("--blur", "Blur images by a random amount.", (set, value) => set with { GaussianBlur = value });
        Choice(
            "--precision",
            "Number format of the convolutions.",
            (set, value) => set with { Precision = value },
            ("auto", TrainingPrecision.Auto),
            ("fp32", TrainingPrecision.Float32),
            ("bf16", TrainingPrecision.BFloat16),
            ("fp16", TrainingPrecision.Float16));
        Choice<bool?>("--channels-last", "Memory layout of weights and features; auto goes with bf16.", (set, value) => set with { ChannelsLast = value }, ("auto", null), ("on", true), ("off", false));
        Optional<int?>("--threads", "Threads of the arithmetic. [default: every processor]", "N", (set, value) => set with { Threads = value });
        Optional<int?>("--loader-threads", "Threads that augment images ahead of the step. [default: one less than there are processors]", "N", (set, value) => set with { LoaderThreads = value });
        Value("--cache", "Decoded images are kept in memory up to this many MiB.", "MIB", _defaults.CacheMegabytes, (set, value) => set with { CacheMegabytes = value });
        Optional<int?>("--seed", "Fixes initial weights, order and augmentation.", "N", (set, value) => set with { Seed = value });
        Value("--val-interval", "Validate after every so many epochs, and after the last.", "N", _defaults.ValidationInterval, (set, value) => set with { ValidationInterval = value });
        Flag("--resume", "Go on from the last checkpoint of RUN_DIR, where there is one, with the options it was started with.", (set, value) => set with { Resume = value });
        Flag("--allow-other-data", "Let a resumed run go on with other data than it had.", (set, value) => set with { AllowOtherData = value });
        Flag("--tensorboard", "Write curves and sample images for TensorBoard into RUN_DIR/tensorboard.", (set, value) => set with { TensorBoard = value });
        Value("--tensorboard-interval", "Steps from one point of the training curves to the next.", "N", _defaults.TensorBoardInterval, (set, value) => set with { TensorBoardInterval = value });
    }

    public void AddTo(CliCommand command)
    {
        foreach (var (option, _) in _settings)
            command.Add(option);
    }

    /// <summary>The options that the command line asks for.</summary>
    /// <exception cref="UsageException">A value is out of range; the message names the option as the user wrote it.</exception>
    public SemanticFlowTrainerOptions Read(ParseResult parsed)
    {
        var options = _defaults;
        foreach (var (option, change) in _settings)
        {
            try
            {
                options = change(options, parsed);
            }
            catch (ArgumentException exception)
            {
                throw new UsageException($"{option.Name}: {Shell.Sentence(exception)}", exception);
            }
        }

        return options;
    }

    private void Value<T>(string name, string description, string form, T value, Func<SemanticFlowTrainerOptions, T, SemanticFlowTrainerOptions> change) =>
        Add(new Option<T>(name) { Description = description, HelpName = form, DefaultValueFactory = _ => value }, (options, given) => change(options, given!)); // has a default

    private void Optional<T>(string name, string description, string form, Func<SemanticFlowTrainerOptions, T?, SemanticFlowTrainerOptions> change) =>
        Add(new Option<T>(name) { Description = description, HelpName = form }, change);

    private void Flag(string name, string description, Func<SemanticFlowTrainerOptions, bool, SemanticFlowTrainerOptions> change) =>
        Add(new Option<bool>(name) { Description = description }, change);

    private void Pair<T>(
        string name, string description, string form, string value, Func<System.CommandLine.Parsing.ArgumentResult, T?> parse, Func<SemanticFlowTrainerOptions, T, SemanticFlowTrainerOptions> change)
        where T : struct =>
        Add(new Option<T?>(name) { Description = $"{description} [default: {value}]", HelpName = form, CustomParser = parse }, (options, given) => given is { } pair ? change(options, pair) : options);

    // The first value is the default.
    private void Choice<T>(string name, string description, Func<SemanticFlowTrainerOptions, T, SemanticFlowTrainerOptions> change, params (string Word, T Value)[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0].Word };
        option.AcceptOnlyFromAmong([.. values.Select(value => value.Word)]);
        Add(option, (options, word) => change(options, values.First(value => value.Word == word).Value));
    }

    private void Add<T>(Option<T> option, Func<SemanticFlowTrainerOptions, T?, SemanticFlowTrainerOptions> change) =>
        _settings.Add((option, (options, parsed) => change(options, parsed.GetValue(option))));
}
