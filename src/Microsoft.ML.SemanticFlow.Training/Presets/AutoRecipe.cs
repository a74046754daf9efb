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
    private const int LargestCrop = 320, SmallestCrop = 64, SmallestTimedCrop = 192, CropUnit = 32;
    private const int Batch = 8, BatchOfFewSteps = 4, SmallestBatch = 2, FewSteps = 3000;
    private const int RowsSeenBest = 720;               // shorter side at which thin things were found best
    private const double LargestScale = 2, SmallestScale = 0.25, ScaleUnit = 0.25;
    private const double LeastOfScale = 0.5;            // images are trained on at half the scale that they are scored at, and up to it
    private const double FewestEpochs = 10;             // in fewer, smaller crops of smaller images teach more
    private const double Rare = 0.03;                   // share of the pixels below which a class needs help
    private const double MemoryShare = 0.6;             // of what there is, for steps
    private const double ValidationShare = 0.08;        // of the time
    private const double UsualValidationShare = 0.2;    // images for each training image, where their number is not known
    private const double ForwardShare = 1.0 / 3;        // of a step
    private const int LongestWarmUp = 50;
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
        int probe = CropOf(survey, LargestScale);
        var options = Weights(basis with { MaxTrainingTime = time, Reasons = [], BatchSize = BatchOfFewSteps, CropHeight = probe, CropWidth = probe }, network);
        cancellation.ThrowIfCancellationRequested();
        var cost = StepCost.Measure(options, survey.Labels);
        return Schedule(survey, cost, Losses(survey, Sizes(survey, cost, options, Memory)));
    }

    /// <summary>Batches as large as the memory allows, up to the usual.</summary>
    /// <param name="options">Network and crop.</param>
    /// <param name="labels">The classes.</param>
    public static SemanticFlowTrainerOptions FitBatch(SemanticFlowTrainerOptions options, LabelMap labels)
    {
        var cost = StepCost.Measure(options with { BatchSize = SmallestBatch }, labels);
        return options with { BatchSize = Fit(Batch, cost.Bytes * options.CropHeight * options.CropWidth, Memory) };
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

    /// <summary>The scale that images are scored at, scales up to it to train at, the crop, and the batch.</summary>
    /// <param name="survey">The training set.</param>
    /// <param name="cost">Of a step.</param>
    /// <param name="options">With the time.</param>
    /// <param name="memory">Bytes that a step may take.</param>
    public static SemanticFlowTrainerOptions Sizes(DataSurvey survey, StepCost cost, SemanticFlowTrainerOptions options, double memory)
    {
        double scale = Math.Clamp(Math.Round(RowsSeenBest / (double)survey.ShorterSide / ScaleUnit) * ScaleUnit, SmallestScale, LargestScale);
        int crop = CropOf(survey, scale);
        double seconds = options.MaxTrainingTime!.Value.TotalSeconds; // For sets it
        for (; crop > SmallestTimedCrop && seconds < FewestEpochs * survey.Images * cost.SecondsOf(crop); crop -= CropUnit)
            scale *= (crop - CropUnit) / (double)crop;
        scale = Math.Round(scale, 2);

        int batch = Fit(seconds / cost.SecondsOf(crop) / Batch < FewSteps ? BatchOfFewSteps : Batch, cost.BytesOf(crop), memory);
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"images of {survey.Height} x {survey.Width} are scored at {scale} times their size, and trained on at half of that and up to it, in crops of {crop} x {crop}");
        return options.Choose(reason, set => set with
        {
            InferenceScale = scale,
            Augmentation = set.Augmentation with { ScaleMin = scale * LeastOfScale, ScaleMax = scale },
            CropHeight = crop,
            CropWidth = crop,
            BatchSize = batch,
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
        double step = options.BatchSize * cost.SecondsOf(options.CropHeight);
        double steps = options.MaxTrainingTime!.Value.TotalSeconds / step, epochs = steps / stepsOfEpoch; // For sets it
        double decay = steps switch { < 500 => 0.98, < 1500 => 0.99, < 6000 => 0.995, _ => 0.998 };

        // A validation image costs the forward part of as many crops as it has room for.
        double cropsOfImage = survey.Height * survey.Width * options.InferenceScale * options.InferenceScale / (options.CropHeight * options.CropWidth);
        double validation = (survey.Validated ?? UsualValidationShare * survey.Images) * cropsOfImage * ForwardShare / options.BatchSize * step;
        int interval = Math.Max(1, (int)Math.Ceiling(validation / (ValidationShare * stepsOfEpoch * step)));
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"AdamW{(options.BackboneWeights is null ? "" : ", the backbone at 0.3 of the rate,")} for {DurationText.Of(options.MaxTrainingTime.Value)}: " +
            $"about {epochs:f0} epochs of {stepsOfEpoch} steps of {options.BatchSize} crops, {step:g2} s each on this machine");
        return options.Choose(reason, set => set with
        {
            Optimizer = new AdamW { LearningRate = 1e-3, WeightDecay = 0.02, BackboneLearningRateFactor = set.BackboneWeights is null ? 1 : 0.3 },
            Schedule = new PolySchedule { WarmUpSteps = (int)Math.Clamp(steps / 10, 1, LongestWarmUp) },
            WeightAverageDecay = decay,
            Epochs = MostEpochs,
            ValidationInterval = interval,
        });
    }

    // Of the memory that there is, what steps may take.
    private static double Memory => MemoryShare * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static int Fit(int batch, double bytesOfCrop, double memory)
    {
        while (batch > SmallestBatch && batch * bytesOfCrop > memory)
            batch /= 2;
        return batch;
    }

    private static int CropOf(DataSurvey survey, double scale) => Math.Clamp((int)(survey.ShorterSide * scale) / CropUnit * CropUnit, SmallestCrop, LargestCrop);

    private static SemanticFlowTrainerOptions Choose(this SemanticFlowTrainerOptions options, string reason, Func<SemanticFlowTrainerOptions, SemanticFlowTrainerOptions> change) =>
        change(options) with { Reasons = [.. options.Reasons, reason] };
}
