// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The options that decide what is learnt, as text: kept in checkpoints and compared when a run goes on.</summary>
/// <remarks>Epochs are left out: a run may be made longer. So are the number format and threads: a run may move to another machine.</remarks>
internal static class OptionsFingerprint
{
    public static IReadOnlyDictionary<string, string> Of(SemanticFlowTrainerOptions options)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        void Add(string name, IFormattable? value) => values.Add(name, value?.ToString(null, CultureInfo.InvariantCulture) ?? "auto");

        values.Add(nameof(options.Network), options.Network.Id);
        Add(nameof(options.BatchSize), options.BatchSize);
        Add(nameof(options.CropHeight), options.CropHeight);
        Add(nameof(options.CropWidth), options.CropWidth);
        Add(nameof(options.LearningRate), options.LearningRate);
        Add(nameof(options.Momentum), options.Momentum);
        Add(nameof(options.WeightDecay), options.WeightDecay);
        Add(nameof(options.PolyPower), options.PolyPower);
        Add(nameof(options.WarmUpSteps), options.WarmUpSteps);
        AddOptimization(options, Add);
        Add(nameof(options.Loss), options.Loss);
        Add(nameof(options.OhemThreshold), options.OhemThreshold);
        Add(nameof(options.OhemMinKept), options.OhemMinKept);
        Add(nameof(options.BoundaryWindow), options.BoundaryWindow);
        Add(nameof(options.BoundaryRelaxedEpochs), options.BoundaryRelaxedEpochs);
        values.Add(nameof(options.StrictBoundaryClasses), string.Join(',', options.StrictBoundaryClasses));
        Add(nameof(options.ImageWeightBound), options.ImageWeightBound);
        values.Add(nameof(options.WeighOverBatch), options.WeighOverBatch ? "true" : "false");
        Add(nameof(options.FocalGamma), options.FocalGamma);
        Add(nameof(options.AddedLoss), options.AddedLoss);
        Add(nameof(options.AddedLossWeight), options.AddedLossWeight);
        values.Add(nameof(options.DeepSupervisionWeights), string.Join(',', options.DeepSupervisionWeights.Select(weight => weight.ToString(CultureInfo.InvariantCulture))));
        Add(nameof(options.ClassWeighting), options.ClassWeighting);
        Add(nameof(options.ClassUniformFraction), options.ClassUniformFraction);
        Add(nameof(options.ClassUniformTile), options.ClassUniformTile);
        values.Add(nameof(options.BoostClasses), string.Join(',', options.BoostClasses));
        Add(nameof(options.ShorterSide), options.ShorterSide);
        Add(nameof(options.ScaleMin), options.ScaleMin);
        Add(nameof(options.ScaleMax), options.ScaleMax);
        Add(nameof(options.FlipProbability), options.FlipProbability);
        Add(nameof(options.ColorJitter), options.ColorJitter);
        Add(nameof(options.HueJitter), options.HueJitter);
        values.Add(nameof(options.GaussianBlur), options.GaussianBlur ? "true" : "false");
        return values;
    }

    // How the weights move: the options of SemanticFlowTrainerOptions.Optimization.cs that are not above.
    private static void AddOptimization(SemanticFlowTrainerOptions options, Action<string, IFormattable?> add)
    {
        add(nameof(options.Schedule), options.Schedule);
        add(nameof(options.ScheduleInterval), options.ScheduleInterval);
        add(nameof(options.RestartEpoch), options.RestartEpoch);
        add(nameof(options.RestartFactor), options.RestartFactor);
        add(nameof(options.RestartPower), options.RestartPower);
        add(nameof(options.Optimizer), options.Optimizer);
        add(nameof(options.AdamBeta1), options.AdamBeta1);
        add(nameof(options.AdamBeta2), options.AdamBeta2);
        add(nameof(options.AccumulationSteps), options.AccumulationSteps);
        add(nameof(options.MaxGradientNorm), options.MaxGradientNorm);
        add(nameof(options.BackboneLearningRateFactor), options.BackboneLearningRateFactor);
        add(nameof(options.FreezeBatchNorm), options.FreezeBatchNorm ? 1 : 0);
        add(nameof(options.WeightAverageDecay), options.WeightAverageDecay);
    }

    /// <summary>Refuses to go on with other options, naming every one that differs.</summary>
    /// <exception cref="InvalidOperationException">Options, classes or seed differ.</exception>
    public static void Compare(CheckpointInfo checkpoint, SemanticFlowTrainerOptions options, LabelMap labels, string path)
    {
        var wanted = Of(options);
        var faults = wanted
            .Select(pair => (Name: pair.Key, Wanted: pair.Value, Saved: checkpoint.Options.GetValueOrDefault(pair.Key, "nothing")))
            .Where(option => option.Wanted != option.Saved)
            .Select(option => $"{option.Name} {option.Saved}, not {option.Wanted}")
            .ToList();
        if (options.Seed is { } seed && seed != checkpoint.Seed)
            faults.Add($"Seed {checkpoint.Seed}, not {seed}");
        if (checkpoint.Labels.ToCsv() != labels.ToCsv())
            faults.Add($"label map {checkpoint.Labels}, not {labels}");
        if (faults.Count > 0)
            throw new InvalidOperationException($"{path} was trained with {string.Join("; ", faults)}. Resume with the options it was started with, or name another RunDirectory.");
    }
}
