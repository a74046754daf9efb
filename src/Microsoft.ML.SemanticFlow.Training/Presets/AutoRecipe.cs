// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Display;
using Microsoft.ML.SemanticFlow.Native;

namespace Microsoft.ML.SemanticFlow.Presets;

/// <summary>A recipe for a training set, a time and this machine. What it rests on was measured: docs/training.md.</summary>
internal static class AutoRecipe
{
    private const int LargestBatch = 8, SmallestBatch = 2, LargestCrop = 320, SmallestCrop = 64, CropUnit = 32;
    private const int RowsSeenBest = 540;               // shorter side at which thin things were found best
    private const double LargestScale = 1.5, SmallestScale = 0.25, ScaleUnit = 0.25;
    private const double Rare = 0.03;                   // share of the pixels below which a class needs help
    private const double MemoryShare = 0.6;             // of what there is, for steps
    private const double ValidationShare = 0.08;        // of the time
    private const double ForwardShare = 1.0 / 3;        // of a step
    private const int MostEpochs = 100_000;             // the time ends the run

    /// <summary>The recipe for a view.</summary>
    /// <param name="data">The training set.</param>
    /// <param name="time">For the whole run.</param>
    /// <param name="basis">What is said already: columns and classes.</param>
    /// <param name="network">Which network; null chooses one.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    public static SemanticFlowTrainerOptions For(IDataView data, TimeSpan time, SemanticFlowTrainerOptions basis, SegmentationNetworkInfo? network, CancellationToken cancellation)
    {
        var survey = DataSurvey.Of(data, basis, cancellation);
        var options = Sizes(survey, Weights(basis with { MaxTrainingTime = time, Reasons = [] }, network));
        StepCost cost;
        for (; ; options = options with { BatchSize = options.BatchSize / 2 })
        {
            cancellation.ThrowIfCancellationRequested();
            cost = StepCost.Measure(options, survey.Labels);
            if (cost.Bytes <= MemoryShare * AvailableBytes || options.BatchSize / 2 < SmallestBatch)
                break;
        }

        return Schedule(survey, cost, Losses(survey, options));
    }

    /// <summary>The network, and what its backbone starts from.</summary>
    public static SemanticFlowTrainerOptions Weights(SemanticFlowTrainerOptions options, SegmentationNetworkInfo? wanted)
    {
        var pretrained = wanted ?? SegmentationNetworks.SFNetLiteR18MlNet;
        if (ImageNetWeights.IsThere(pretrained))
            return options.Choose($"{pretrained} from ImageNet weights: no other choice is worth as much",
                set => set with { Network = pretrained, BackboneWeights = ImageNetWeights.Word });
        if (wanted is not null)
            return options.Choose($"{wanted} from random weights", set => set with { Network = wanted, BackboneWeights = null });
        var network = MixedPrecision.HasBFloat16Hardware ? SegmentationNetworks.SFNetLiteR18 : SegmentationNetworks.SFNetLiteStdc1;
        return options.Choose($"{network} from random weights: add the package {pretrained.ImageNetPackage} for ImageNet's",
            set => set with { Network = network, BackboneWeights = null });
    }

    /// <summary>The scale that images are scored at, scales around it to train at, and the crop.</summary>
    public static SemanticFlowTrainerOptions Sizes(DataSurvey survey, SemanticFlowTrainerOptions options)
    {
        int shorter = Math.Min(survey.Height, survey.Width);
        double scale = Math.Clamp(Math.Round(RowsSeenBest / (double)shorter / ScaleUnit) * ScaleUnit, SmallestScale, LargestScale);
        int crop = Math.Clamp((int)(shorter * scale) / CropUnit * CropUnit, SmallestCrop, LargestCrop);
        string images = string.Create(CultureInfo.InvariantCulture, $"images of {survey.Height} x {survey.Width} are scored at {scale} times their size, and trained on around it");
        return options.Choose($"{images}, in crops of {crop} x {crop}", set => set with
        {
            InferenceScale = scale,
            Augmentation = set.Augmentation with { ScaleMin = scale / 2, ScaleMax = scale * 4 / 3 },
            CropHeight = crop,
            CropWidth = crop,
            BatchSize = LargestBatch,
        });
    }

    /// <summary>The loss.</summary>
    public static SemanticFlowTrainerOptions Losses(DataSurvey survey, SemanticFlowTrainerOptions options)
    {
        var (share, rarest) = survey.Shares.Zip(survey.Labels.Classes).Where(pair => pair.First > 0).DefaultIfEmpty().MinBy(pair => pair.First);
        if (share >= Rare || rarest is null)
            return options.Choose("plain cross entropy: no class is rare", set => set with { Loss = new CrossEntropyLoss(), AddedLoss = null });
        string reason = string.Create(CultureInfo.InvariantCulture, $"classes weigh by their rarity, and Dice is added: {rarest.Name} has {share:p1} of the pixels");
        return options.Choose(reason, set => set with
        {
            Loss = new CrossEntropyLoss { ClassWeighting = ClassWeighting.SquareRootInverseLogFrequency },
            AddedLoss = new AddedLoss(new DiceLoss()) { Weight = 0.5 },
        });
    }

    /// <summary>Optimiser, rates, averaging and validation, for as many steps as the time holds.</summary>
    public static SemanticFlowTrainerOptions Schedule(DataSurvey survey, StepCost cost, SemanticFlowTrainerOptions options)
    {
        int stepsOfEpoch = Math.Max(1, survey.Images / options.BatchSize);
        double steps = options.MaxTrainingTime!.Value.TotalSeconds / cost.Seconds, epochs = steps / stepsOfEpoch; // For sets it
        double decay = steps switch { < 500 => 0.98, < 1500 => 0.99, < 6000 => 0.995, _ => 0.998 };

        // A validation image costs the forward part of as many crops as it has room for.
        double cropsOfImage = survey.Height * survey.Width * options.InferenceScale * options.InferenceScale / (options.CropHeight * options.CropWidth);
        double validation = 0.2 * survey.Images * cropsOfImage * ForwardShare / options.BatchSize * cost.Seconds;
        int interval = Math.Max(1, (int)Math.Ceiling(validation / (ValidationShare * stepsOfEpoch * cost.Seconds)));
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"AdamW, the backbone at a third of the rate, for {DurationText.Of(options.MaxTrainingTime.Value)}: about {epochs:f0} epochs " +
            $"of {stepsOfEpoch} steps of {options.BatchSize} crops, {cost.Seconds:g2} s each on this machine");
        return options.Choose(reason, set => set with
        {
            Optimizer = new AdamW { LearningRate = 1e-3, WeightDecay = 0.02, BackboneLearningRateFactor = set.BackboneWeights is null ? 1 : 0.3 },
            Schedule = new PolySchedule(),
            WeightAverageDecay = decay,
            Epochs = MostEpochs,
            ValidationInterval = interval,
        });
    }

    private static double AvailableBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static SemanticFlowTrainerOptions Choose(this SemanticFlowTrainerOptions options, string reason, Func<SemanticFlowTrainerOptions, SemanticFlowTrainerOptions> change) =>
        change(options) with { Reasons = [.. options.Reasons, reason] };
}
