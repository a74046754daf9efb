// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Trainer.Schedules;

/// <summary>The learning rate of every step of a run: the optimiser's rate, times a factor of the schedule, times a linear warm-up.</summary>
/// <param name="schedule">The schedule.</param>
/// <param name="rate">The optimiser's rate.</param>
/// <param name="epochs">Of the run.</param>
/// <param name="stepsPerEpoch">Of an epoch.</param>
/// <param name="budget">Where the time may end the run before its epochs: the schedule is then as far as whichever of the two is further.</param>
internal sealed class RateSchedule(LearningRateSchedule schedule, double rate, int epochs, int stepsPerEpoch, TrainingBudget? budget = null)
{
    private const int LongestDefaultWarmUp = 50;

    private readonly long _steps = (long)epochs * stepsPerEpoch;

    /// <summary>The learning rate of a step, counted from 0; with a budget, at this time.</summary>
    public double this[long step]
    {
        get
        {
            long warmUp = schedule.WarmUpSteps ?? Math.Min(LongestDefaultWarmUp, _steps / 10);
            long at = Math.Max(step, (long)((budget?.Share ?? 0) * _steps));
            return rate * Factor(schedule.Interval == ScheduleInterval.Epoch ? at - at % stepsPerEpoch : at) * Math.Min(1, (step + 1) / (double)Math.Max(1, warmUp));
        }
    }

    /// <summary>The factor of the schedule alone: 1 at the start and, but for the constant one, 0 at the end.</summary>
    public double Factor(long step) => schedule.Factor(step, _steps, stepsPerEpoch);
}
