// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>Options of the recipe that do not go together.</summary>
internal static class RecipeCheck
{
    /// <summary>Refuses what would have no effect or cannot be done.</summary>
    /// <exception cref="ArgumentException">The message says what.</exception>
    public static void Of(SemanticFlowTrainerOptions options)
    {
        var scale = options.Augmentation;
        if (scale.ScaleMin > scale.ScaleMax)
            throw new ArgumentException(
                FormattableString.Invariant($"ScaleMin {scale.ScaleMin} is greater than ScaleMax {scale.ScaleMax}. Give the smaller first."), nameof(options));
        if (options is { EarlyStoppingPatience: { } patience, ValidationSet: null })
            throw new ArgumentException($"EarlyStoppingPatience {patience} counts validations, and there is no ValidationSet. Set one, or leave it out.", nameof(options));
        if (options.Schedule is PolyWithRestartSchedule { RestartEpoch: var restart } && restart >= options.Epochs)
            throw new ArgumentException(
                $"RestartEpoch {restart} is not less than Epochs {options.Epochs}, so the schedule would never start again. Set a smaller one.", nameof(options));
        if (options is { InitialWeights: not null, BackboneWeights: not null })
            throw new ArgumentException(
                "InitialWeights and BackboneWeights are both set, and a checkpoint of the whole network holds its backbone. Set one of them.", nameof(options));
    }
}
