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
        if (options is { EarlyStoppingPatience: { } patience, ValidationSet: null })
            throw new ArgumentException($"EarlyStoppingPatience {patience} counts validations, and there is no ValidationSet. Set one, or leave it out.", nameof(options));
        if (options.BoostSet is null != (options.BoostClasses.Count == 0))
            throw new ArgumentException("BoostSet and BoostClasses go together: the images to draw more crops from, and the classes to draw them around. Set both, or neither.", nameof(options));
        if (options is { BoostSet: not null, ClassUniformFraction: 0 })
            throw new ArgumentException("BoostSet has no effect without class-uniform sampling. Set ClassUniformFraction, 0.5 in the authors' code, or leave BoostSet out.", nameof(options));
        if (options.Schedule == LearningRateSchedule.PolyWithRestart)
        {
            if (options.RestartEpoch is not { } restart)
                throw new ArgumentException("Schedule PolyWithRestart needs the RestartEpoch at which it starts again. Set it, or take the schedule Poly.", nameof(options));
            if (restart >= options.Epochs)
                throw new ArgumentException($"RestartEpoch {restart} is not less than Epochs {options.Epochs}, so the schedule would never start again. Set a smaller one.", nameof(options));
        }
        else if (options.RestartEpoch is { } unused)
        {
            throw new ArgumentException($"RestartEpoch {unused} has no effect on the schedule {options.Schedule}. Leave it out, or take the schedule PolyWithRestart.", nameof(options));
        }
    }
}
