// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary>The numbers of a training run as options of the command line, each beside the property that it sets.</summary>
internal sealed class TrainingSettings
{
    private delegate SemanticFlowTrainerOptions Change(SemanticFlowTrainerOptions options, ParseResult parsed);

    private static readonly SemanticFlowTrainerOptions _defaults = new();
    private static readonly OhemCrossEntropyLoss _ohem = new();
    private static readonly BoundaryRelaxedCrossEntropyLoss _relaxed = new();
    private static readonly ClassUniformSampling _uniform = new();
    private static readonly PolyWithRestartSchedule _restart = new(restartEpoch: 0);

    private static readonly (string Word, SegmentationLoss Loss)[] _losses =
    [
        ("ohem", _ohem),
        ("ce", new CrossEntropyLoss()),
        ("image-weighted", new ImageWeightedCrossEntropyLoss()),
        ("relaxed", _relaxed),
        ("focal", new FocalLoss()),
        ("dice", new DiceLoss()),
        ("lovasz", new LovaszSoftmaxLoss()),
    ];

    private const int AutoBatch = int.MinValue;

    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Crops a step; auto takes as many as memory and time allow.",
        HelpName = "N|auto",
        DefaultValueFactory = _ => _defaults.BatchSize,
        CustomParser = result => result.Tokens[0].Value == Preset.Auto ? AutoBatch : NumberOptions.Whole(result, "a whole number or auto"),
    };

    // What sets the option, and whether it has a meaning beside the choices made: null, or what it goes with.
    private readonly List<(Option Option, Change Change, Func<SemanticFlowTrainerOptions, string?> Misfit)> _settings = [];

    private readonly Dictionary<string, string> _headings = [];
    private string _heading = "Network and time";

    public TrainingSettings()
    {
        Value("--network", $"Network id: {string.Join(", ", SegmentationNetworks.All)}.", "ID", _defaults.Network.Id,
            (set, id) => set with { Network = SegmentationNetworks.Get(id) });
        Optional<string?>(
            "--initial-weights", "Start from a checkpoint of the network, or from the folder of a run. Classes are compared by name; other ones are learnt anew.", "F.pth|RUN_DIR",
            (set, value) => set with { InitialWeights = value });
        Optional<string?>(
            "--checkpoint-key", "Which weights of --initial-weights, where it holds several: a key that leads to them, such as ema, or a word before their names.", "KEY",
            (set, value) => value is null || set.InitialWeights is not null
            ? set with { CheckpointKey = value }
            : throw new ArgumentException("It chooses among the weights of a checkpoint. Name that with --initial-weights."));
        Optional<string?>("--backbone", "Start from ImageNet weights of the backbone: 'imagenet' for those that come with the tool, or the authors' or torchvision's file.",
            "imagenet|F.pth|F.tar", (set, value) => value is null || set.InitialWeights is null
            ? set with { BackboneWeights = value }
            : throw new ArgumentException("A checkpoint of the whole network holds its backbone. Leave this out, or --initial-weights."));
        Value("--epochs", "How often each training image is seen.", "N", _defaults.Epochs, (set, value) => set with { Epochs = value });
        Optional<string?>(
            "--time", "Train for so long in all, such as 30m or 1h30m; the learning rate falls over that time. " +
            $"[default: {Preset.StandardTime} with --preset {Preset.Auto}, where no --epochs are given; else no limit]", "TIME",
            (set, value) => value is null ? set : set with { MaxTrainingTime = Duration.Parse(value) });
        Add(_batch, (set, value) => value == AutoBatch ? set : set with { BatchSize = value });
        Pair("--crop", "Size of the training crop, multiples of 32.", "H,W", $"{_defaults.CropHeight},{_defaults.CropWidth}", Commands.Pair.Size,
            (set, size) => set with { CropHeight = size.Height, CropWidth = size.Width });
        Under("Optimiser", AddOptimizer);
        Under("Learning rate", AddSchedule);
        Under("Loss", AddLoss);
        Under("Sampling and augmentation", AddSampling);
        Under("Machine", AddExecution);
        Under("Faulty files", AddReading);
        Under("Run", AddRun);
    }

    private void AddOptimizer()
    {
        Choice(
            "--optimizer",
            "Stochastic gradient descent with momentum, or Adam with the decay in the gradient (adam) or on the weights (adamw).",
            (set, value) => set with { Optimizer = value },
            ("sgd", new Sgd()),
            ("adam", new Adam()),
            ("adamw", (TrainingOptimizer)new AdamW()));
        Optional<double?>(
            "--lr", $"Learning rate after warming up. [default: {List.Text([new Sgd().LearningRate])}; {List.Text([new Adam().LearningRate])} for adam and adamw]", "X",
            (set, value) => value is { } rate ? set with { Optimizer = set.Optimizer with { LearningRate = rate } } : set);
        Value("--weight-decay", "Weight decay.", "X", _defaults.Optimizer.WeightDecay, (set, value) => set with { Optimizer = set.Optimizer with { WeightDecay = value } });
        Value("--momentum", "Momentum of stochastic gradient descent.", "X", new Sgd().Momentum,
            (set, value) => set.Optimizer is Sgd sgd ? set with { Optimizer = sgd with { Momentum = value } } : set, set => set.Optimizer is Sgd ? null : "--optimizer sgd");
        Value("--adam-beta1", "How slowly Adam's mean of gradients follows them.", "X", new Adam().Beta1, (set, value) => set.Optimizer switch
        {
            Adam adam => set with { Optimizer = adam with { Beta1 = value } },
            AdamW adam => set with { Optimizer = adam with { Beta1 = value } },
            _ => set,
        }, NeedsAdam);
        Value("--adam-beta2", "How slowly Adam's mean of squared gradients follows them.", "X", new Adam().Beta2, (set, value) => set.Optimizer switch
        {
            Adam adam => set with { Optimizer = adam with { Beta2 = value } },
            AdamW adam => set with { Optimizer = adam with { Beta2 = value } },
            _ => set,
        }, NeedsAdam);
        Value("--accumulate", "Batches whose gradients make a step.", "N", _defaults.Optimizer.AccumulationSteps,
            (set, value) => set with { Optimizer = set.Optimizer with { AccumulationSteps = value } });
        Optional<double?>("--max-gradient-norm", "Shorten longer gradients to this norm. [default: leave them]", "X",
            (set, value) => set with { Optimizer = set.Optimizer with { MaxGradientNorm = value } });
        Value("--backbone-lr-factor", "Learning rate of the backbone, as a factor of --lr.", "X", _defaults.Optimizer.BackboneLearningRateFactor,
            (set, value) => set with { Optimizer = set.Optimizer with { BackboneLearningRateFactor = value } });
        Flag("--freeze-batch-norm", "Let batch norms keep the statistics that they start with.", (set, value) => set with { FreezeBatchNorm = value });
        Optional<double?>("--average-decay", "Validate and export a moving average of the weights, of which this much stays at a step. [default: no average]", "X",
            (set, value) => set with { WeightAverageDecay = value });
        Optional<int?>("--patience", "End after so many validations in a row without a better mIoU. [default: never]", "N",
            (set, value) => set with { EarlyStoppingPatience = value });

        static string? NeedsAdam(SemanticFlowTrainerOptions set) => set.Optimizer is Adam or AdamW ? null : "--optimizer adam or adamw";
    }

    private void AddSchedule()
    {
        Choice(
            "--schedule",
            "How the learning rate falls: poly, poly that starts again once (the authors' scl-poly), half a cosine wave, not at all.",
            (set, value) => set with { Schedule = value },
            ("poly", new PolySchedule()),
            ("poly-restart", _restart),
            ("cosine", new CosineSchedule()),
            ("constant", (LearningRateSchedule)new ConstantSchedule()));
        Value("--power", "The learning rate falls as (1 - step / steps) to this power.", "X", new PolySchedule().Power, (set, value) => set.Schedule switch
        {
            PolySchedule poly => set with { Schedule = poly with { Power = value } },
            PolyWithRestartSchedule poly => set with { Schedule = poly with { Power = value } },
            _ => set,
        }, set => set.Schedule is PolySchedule or PolyWithRestartSchedule ? null : "--schedule poly or poly-restart");
        Optional<int?>("--warm-up", "Steps over which the learning rate rises. [default: 50, or a tenth of all steps where that is less]", "STEPS",
            (set, value) => set with { Schedule = set.Schedule with { WarmUpSteps = value } });
        Choice("--schedule-interval", "Whether the learning rate changes with every step or once an epoch.",
            (set, value) => set with { Schedule = set.Schedule with { Interval = value } }, ("step", ScheduleInterval.Step), ("epoch", ScheduleInterval.Epoch));
        OfRestart<int?>("--restart-epoch", "Epochs after which poly-restart starts again.", "N", null, (schedule, value) => schedule with
        {
            RestartEpoch = value ?? throw new ArgumentException("poly-restart needs the epoch at which it starts again. Give it, or take the schedule poly."),
        });
        OfRestart("--restart-factor", "Learning rate at the restart, as a factor of --lr.", "X", _restart.RestartFactor,
            (schedule, value) => schedule with { RestartFactor = value });
        OfRestart("--restart-power", "Power of the decay after the restart.", "X", _restart.RestartPower, (schedule, value) => schedule with { RestartPower = value });

        void OfRestart<T>(string name, string description, string form, T value, Func<PolyWithRestartSchedule, T, PolyWithRestartSchedule> change) =>
            Value(name, description, form, value,
                (set, given) => set.Schedule is PolyWithRestartSchedule schedule ? set with { Schedule = change(schedule, given) } : set,
                set => set.Schedule is PolyWithRestartSchedule ? null : "--schedule poly-restart");
    }

    private void AddLoss()
    {
        Choice(
            "--loss",
            "Cross entropy over the hard pixels (ohem) or all (ce), weighted by image, relaxed at borders, focal; Dice; Lovász-softmax.",
            (set, value) => set with { Loss = value },
            _losses);
        Choice("--add-loss", "A second loss, added to the first.",
            (set, value) => set with { AddedLoss = value is null ? null : new AddedLoss(value) },
            [("none", null), .. _losses.Select(loss => (loss.Word, (SegmentationLoss?)loss.Loss))]);
        Value("--add-loss-weight", "Weight of the second loss.", "X", new AddedLoss(_ohem).Weight,
            (set, value) => set.AddedLoss is { } added ? set with { AddedLoss = added with { Weight = value } } : set, set => set.AddedLoss is null ? "--add-loss" : null);
        OfLosses("--ohem-threshold", "A pixel is hard while the probability of its true class is at most this.", "P", _ohem.Threshold, "--loss ohem",
            (loss, value) => loss is OhemCrossEntropyLoss ohem ? ohem with { Threshold = value } : null);
        OfLosses("--ohem-min-kept", "At least this many pixels of a batch are kept as hard.", "N", _ohem.MinKept, "--loss ohem",
            (loss, value) => loss is OhemCrossEntropyLoss ohem ? ohem with { MinKept = value } : null);
        OfLosses("--focal-gamma", "How fast easy pixels fade in the focal loss.", "X", new FocalLoss().Gamma, "--loss focal",
            (loss, value) => loss is FocalLoss focal ? focal with { Gamma = value } : null);
        OfLosses(
            "--image-weight-bound", "In the losses image-weighted and relaxed, a class that hardly occurs in an image weighs 1 + this.", "X", _relaxed.Bound,
            "--loss image-weighted or relaxed", (loss, value) => loss switch
        {
            ImageWeightedCrossEntropyLoss weighted => weighted with { Bound = value },
            BoundaryRelaxedCrossEntropyLoss relaxed => relaxed with { Bound = value },
            _ => null,
        });
        OfLosses("--weigh-over-batch", "Make those weights from the whole batch.", "", false, "--loss image-weighted or relaxed", (loss, value) => loss switch
        {
            ImageWeightedCrossEntropyLoss weighted => weighted with { OverBatch = value },
            BoundaryRelaxedCrossEntropyLoss relaxed => relaxed with { OverBatch = value },
            _ => null,
        });
        OfLosses("--boundary-window", "Pixels that labels reach beyond a border in the loss relaxed.", "N", _relaxed.Window, "--loss relaxed",
            (loss, value) => loss is BoundaryRelaxedCrossEntropyLoss relaxed ? relaxed with { Window = value } : null);
        OfLosses<int?>("--relaxed-epochs", "Epochs until relaxation ends and borders count twice. [default: all]", "N", null, "--loss relaxed",
            (loss, value) => loss is BoundaryRelaxedCrossEntropyLoss relaxed ? relaxed with { RelaxedEpochs = value } : null);
        OfLosses<string?>("--strict-classes", "Classes whose pixels are never relaxed.", "NAME,...", null, "--loss relaxed",
            (loss, value) => loss is BoundaryRelaxedCrossEntropyLoss relaxed ? value is null ? relaxed : relaxed with { StrictClasses = List.Names(value) } : null);
        Value(
            "--auxiliary-weights", "Weights of the auxiliary losses of networks with deep supervision, coarse to fine; the last stands for all further ones.", "X,...",
            List.Text(_defaults.DeepSupervisionWeights), (set, value) => set with { DeepSupervisionWeights = List.Numbers(value) });
        Choice(
            "--class-weights",
            "Let pixels of rare classes count more, by the logarithm of their frequency or its square root.",
            (set, value) => ChangeLosses(set, loss => Weighted(loss, value)),
            set => TakesClassWeights(set.Loss) || TakesClassWeights(set.AddedLoss?.Loss) ? null : "--loss ce, ohem or focal: the other losses weigh classes by themselves",
            ("none", ClassWeighting.None),
            ("log", ClassWeighting.InverseLogFrequency),
            ("sqrt", ClassWeighting.SquareRootInverseLogFrequency));

        void OfLosses<T>(string name, string description, string form, T value, string goesWith, Func<SegmentationLoss, T, SegmentationLoss?> change) => Value(
            name, description, form, value, (set, given) => ChangeLosses(set, loss => change(loss, given)),
            set => change(set.Loss, value) is null && (set.AddedLoss is not { } added || change(added.Loss, value) is null) ? goesWith : null);

        static bool TakesClassWeights(SegmentationLoss? loss) => loss is not null && Weighted(loss, ClassWeighting.None) is not null;

        static SegmentationLoss? Weighted(SegmentationLoss loss, ClassWeighting weighting) => loss switch
        {
            CrossEntropyLoss plain => plain with { ClassWeighting = weighting },
            OhemCrossEntropyLoss ohem => ohem with { ClassWeighting = weighting },
            FocalLoss focal => focal with { ClassWeighting = weighting },
            _ => null,
        };

        static SemanticFlowTrainerOptions ChangeLosses(SemanticFlowTrainerOptions set, Func<SegmentationLoss, SegmentationLoss?> change) => set with
        {
            Loss = change(set.Loss) ?? set.Loss,
            AddedLoss = set.AddedLoss is { } added ? added with { Loss = change(added.Loss) ?? added.Loss } : null,
        };
    }

    private void AddSampling()
    {
        Optional<string>("--source-weights", "How often images of each source are drawn, against others; those not named weigh 1.", "NAME=X,...",
            (set, value) => value is null ? set : set with { SourceWeights = SourcesOption.ReadWeights(value) });
        Value("--class-uniform", "Share of an epoch's crops drawn around centroids of each class in turn; the authors use 0.5.", "P", 0.0,
            (set, value) => set with { Sampling = value == 0 ? null : _uniform with { Fraction = value } });
        Value("--class-uniform-tile", "Centroids are taken over tiles of this many pixels.", "N", _uniform.Tile,
            (set, value) => set.Sampling is { } sampling ? set with { Sampling = sampling with { Tile = value } } : set, set => set.Sampling is null ? "--class-uniform" : null);
        Augmentation<int?>("--shorter-side", "Scale the shorter side of images to this many pixels before the random scale.", "N", null,
            (set, value) => set with { ShorterSide = value });
        Pair(
            "--scale", "Random scale before cropping.", "MIN,MAX", FormattableString.Invariant($"{_defaults.Augmentation.ScaleMin},{_defaults.Augmentation.ScaleMax}"),
            Commands.Pair.Range, (set, range) => set with { Augmentation = set.Augmentation with { ScaleMin = range.Min, ScaleMax = range.Max } });
        Augmentation("--flip", "How often an image is mirrored left to right.", "P", _defaults.Augmentation.FlipProbability, (set, value) => set with { FlipProbability = value });
        Augmentation("--jitter", "Random change of brightness, contrast and saturation; 0 turns it off.", "X", _defaults.Augmentation.ColorJitter,
            (set, value) => set with { ColorJitter = value });
        Augmentation("--hue", "Random change of hue, in turns of the colour circle; 0 turns it off.", "X", _defaults.Augmentation.HueJitter,
            (set, value) => set with { HueJitter = value });
        Choice(Gray16Option.Name, Gray16Option.Description, (set, value) => set with { Gray16 = value }, ("scale", Gray16.Scale), ("stretch", Gray16.Stretch));
        Value("--inference-scale", "Size at which images are validated and the exported model scores, as a factor of theirs.", "X",
            _defaults.InferenceScale, (set, value) => set with { InferenceScale = value });
        Flag("--blur", "Blur images by a random amount.", (set, value) => set with { Augmentation = set.Augmentation with { GaussianBlur = value } });

        void Augmentation<T>(string name, string description, string form, T value, Func<TrainingAugmentation, T, TrainingAugmentation> change) =>
            Value(name, description, form, value, (set, given) => set with { Augmentation = change(set.Augmentation, given) });
    }

    private void AddExecution()
    {
        Choice(
            "--precision",
            "Number format of the convolutions.",
            (set, value) => set with { Execution = set.Execution with { Precision = value } },
            ("auto", TrainingPrecision.Auto),
            ("fp32", TrainingPrecision.Float32),
            ("bf16", TrainingPrecision.BFloat16),
            ("fp16", TrainingPrecision.Float16));
        Choice<bool?>("--channels-last", "Memory layout of weights and features; auto goes with bf16.",
            (set, value) => set with { Execution = set.Execution with { ChannelsLast = value } }, ("auto", null), ("on", true), ("off", false));
        Optional<int?>("--threads", "Threads of the arithmetic. [default: every processor]", "N", (set, value) => set with { Execution = set.Execution with { Threads = value } });
        Optional<int?>("--loader-threads", "Threads that augment images ahead of the step. [default: one less than there are processors]", "N",
            (set, value) => set with { Execution = set.Execution with { LoaderThreads = value } });
        Choice("--sync-norms", "Batch norms of processes that train together (mpirun -n N): over the images of all, or of each for itself.",
            (set, value) => set with { Execution = set.Execution is DataParallel parallel ? parallel with { SynchronizeBatchNorm = value } : set.Execution }, OneProcess,
            ("on", true), ("off", false));
        Choice("--gradients", "Number format in which gradients travel between processes that train together; bf16 is half the bytes.",
            (set, value) => set with { Execution = set.Execution is DataParallel parallel ? parallel with { ReduceGradients = value } : set.Execution }, OneProcess,
            ("fp32", false), ("bf16", true));
        Value("--cache", "Decoded images are kept in memory up to this many MiB.", "MIB", _defaults.Execution.CacheMegabytes,
            (set, value) => set with { Execution = set.Execution with { CacheMegabytes = value } });
    }

    private static string? OneProcess(SemanticFlowTrainerOptions options) => options.Execution is DataParallel ? null : "several processes, started by mpirun or srun --mpi";

    private void AddReading()
    {
        Choice(ReadingSettings.OnError, ReadingSettings.OnErrorText,
            (set, value) => set with { Reading = set.Reading with { SkipFaulty = value } }, ("stop", false), ("skip", true));
        Value(ReadingSettings.MaxSkipped, ReadingSettings.MaxSkippedText, "SHARE", _defaults.Reading.MaxSkippedShare,
            (set, value) => set with { Reading = set.Reading with { MaxSkippedShare = value } });
    }

    private void AddRun()
    {
        Optional<int?>("--seed", "Fixes initial weights, order and augmentation.", "N", (set, value) => set with { Seed = value });
        Value("--val-interval", "Validate after every so many epochs, and after the last.", "N", _defaults.ValidationInterval,
            (set, value) => set with { ValidationInterval = value });
        Flag("--resume", "Go on from the last checkpoint of RUN_DIR, where there is one, with the options it was started with.",
            (set, value) => set with { Run = set.Run! with { Resume = value } }); // Read begins with a run
        Flag("--allow-empty-classes", "Train although a class has no pixel in any training label.", (set, value) => set with { AllowEmptyClasses = value });
        Flag("--allow-other-data", "Let a resumed run go on with other data than it had.", (set, value) => set with { Run = set.Run! with { AllowOtherData = value } });
        Flag("--forget-paths", "Leave out of RUN_DIR/run.json where data and weights lie; --resume then needs them anew.",
            (set, value) => set with { Run = set.Run! with { RecordPaths = !value } });
        Flag("--tensorboard", "Write curves and sample images for TensorBoard into RUN_DIR/tensorboard.", (set, value) => set with { Run = set.Run! with { TensorBoard = value } });
        Value("--tensorboard-interval", "Steps from one point of the training curves to the next.", "N", new TrainingRun("").TensorBoardInterval,
            (set, value) => set with { Run = set.Run! with { TensorBoardInterval = value } });
    }

    public void AddTo(CliCommand command)
    {
        foreach (var (option, _, _) in _settings)
            command.Add(option);
    }

    /// <summary>Whether the batch is to be as large as memory allows.</summary>
    public bool FitsBatch(ParseResult parsed) => parsed.GetValue(_batch) == AutoBatch;

    /// <summary>Whether the command line says how 16-bit gray images are read.</summary>
    public bool SaysGray16(ParseResult parsed) => _settings.Any(setting => setting.Option.Name == Gray16Option.Name && parsed.GetResult(setting.Option) is { Implicit: false });

    /// <summary>The heading of each option in the help, by its name.</summary>
    public IReadOnlyDictionary<string, string> Headings => _headings;

    /// <summary>The options that the command line asks for.</summary>
    /// <param name="parsed">The command line, completed with what a run was started with.</param>
    /// <param name="folder">Of the run.</param>
    /// <param name="given">The command line itself: an option of it that has no meaning beside the others is refused.</param>
    /// <exception cref="UsageException">A value is out of range or without meaning; the message names the option as the user wrote it.</exception>
    public SemanticFlowTrainerOptions Read(ParseResult parsed, string folder, ParseResult? given = null)
    {
        var options = _defaults with { Run = new TrainingRun(folder), Execution = DataParallel.IsLaunched ? new DataParallel() : _defaults.Execution };
        foreach (var (option, change, _) in _settings)
        {
            try
            {
                options = change(options, parsed);
            }
            catch (ArgumentException exception)
            {
                throw new UsageException($"{option.Name}: {Fault.SentenceOf(exception)}", exception);
            }
        }

        foreach (var (option, _, misfit) in _settings)
        {
            if ((given ?? parsed).GetResult(option) is { Implicit: false } && misfit(options) is { } goesWith)
                throw new UsageException($"{option.Name} has no effect here: it goes with {goesWith}. Leave it out.");
        }

        return options;
    }

    private void Value<T>(
        string name, string description, string form, T value,
        Func<SemanticFlowTrainerOptions, T, SemanticFlowTrainerOptions> change, Func<SemanticFlowTrainerOptions, string?>? misfit = null)
    {
        var option = new Option<T>(name) { Description = description };
        if (form.Length > 0)
            option.HelpName = form;
        object? standard = value;
        if (standard is not (null or false))
            option.DefaultValueFactory = _ => value;
        Add(option, (options, given) => change(options, given!), misfit); // null where T allows it
    }

    private void Optional<T>(string name, string description, string form, Func<SemanticFlowTrainerOptions, T?, SemanticFlowTrainerOptions> change) =>
        Add(new Option<T>(name) { Description = description, HelpName = form }, change);

    private void Flag(string name, string description, Func<SemanticFlowTrainerOptions, bool, SemanticFlowTrainerOptions> change) =>
        Add(new Option<bool>(name) { Description = description }, change);

    private void Pair<T>(
        string name, string description, string form, string value,
        Func<System.CommandLine.Parsing.ArgumentResult, T?> parse, Func<SemanticFlowTrainerOptions, T, SemanticFlowTrainerOptions> change)
        where T : struct =>
        Add(new Option<T?>(name) { Description = $"{description} [default: {value}]", HelpName = form, CustomParser = parse },
            (options, given) => given is { } pair ? change(options, pair) : options);

    private void Choice<T>(string name, string description, Func<SemanticFlowTrainerOptions, T, SemanticFlowTrainerOptions> change, params (string Word, T Value)[] values) =>
        Choice(name, description, change, misfit: null, values);

    // The first value is the default.
    private void Choice<T>(
        string name, string description, Func<SemanticFlowTrainerOptions, T, SemanticFlowTrainerOptions> change,
        Func<SemanticFlowTrainerOptions, string?>? misfit, params (string Word, T Value)[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0].Word };
        option.AcceptOnlyFromAmong([.. values.Select(value => value.Word)]);
        Add(option, (options, word) => change(options, values.First(value => value.Word == word).Value), misfit);
    }

    private void Under(string heading, Action add)
    {
        _heading = heading;
        add();
    }

    private void Add<T>(Option<T> option, Func<SemanticFlowTrainerOptions, T?, SemanticFlowTrainerOptions> change, Func<SemanticFlowTrainerOptions, string?>? misfit = null)
    {
        _settings.Add((option, (options, parsed) => change(options, parsed.GetValue(option)), misfit ?? (_ => null)));
        _headings.Add(option.Name, _heading);
    }
}
