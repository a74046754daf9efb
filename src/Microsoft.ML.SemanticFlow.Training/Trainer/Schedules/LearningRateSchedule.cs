// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How the learning rate goes over a run, as a factor of the optimiser's: one of the schedules, with its own numbers.</summary>
/// <example>
/// <code>
/// LearningRateSchedule schedule = new PolySchedule { Power = 0.9, WarmUpSteps = 500 };
/// var training = options with { Schedule = schedule };
/// </code>
/// </example>
public abstract record LearningRateSchedule : IRecipePart
{
    private protected LearningRateSchedule() { }

    /// <summary>Steps over which the learning rate rises from near 0; null means 50, or a tenth of all steps where that is less. 0 starts at once.</summary>
    public int? WarmUpSteps { get; init => field = Check.AtLeast(value, 0); }

    /// <summary>How often the learning rate changes. Default <see cref="ScheduleInterval.Step"/>; the authors' code changes it once an epoch.</summary>
    [Fingerprint("ScheduleInterval")]
    public ScheduleInterval Interval { get; init => field = Check.Defined(value); } = ScheduleInterval.Step;

    /// <summary>The factor of a step, without warming up.</summary>
    /// <param name="step">Counted from 0.</param>
    /// <param name="steps">Of the whole run.</param>
    /// <param name="stepsPerEpoch">Of an epoch.</param>
    internal abstract double Factor(long step, long steps, int stepsPerEpoch);

    private protected static double Poly(long step, long steps, double power) => Math.Pow(Math.Max(0, 1 - (double)step / steps), power);
}

/// <summary>(1 - t) to a power, t the share of the run that is done.</summary>
/// <example>
/// <code>
/// var training = options with { Schedule = new PolySchedule { Power = 0.9 } };
/// </code>
/// </example>
public sealed record PolySchedule : LearningRateSchedule
{
    /// <summary>The power. Default 0.9.</summary>
    [Fingerprint("PolyPower")]
    public double Power { get; init => field = Check.NotNegative(value); } = 0.9;

    internal override double Factor(long step, long steps, int stepsPerEpoch) => Poly(step, steps, Power);
}

/// <summary>
/// As <see cref="PolySchedule"/> up to <see cref="RestartEpoch"/>; from there <see cref="RestartFactor"/> times (1 - u) to the power
/// <see cref="RestartPower"/>, u in [0, 1] over what is left. The authors' <c>scl-poly</c>.
/// </summary>
/// <example>
/// <code>
/// var training = options with { Epochs = 180, Schedule = new PolyWithRestartSchedule(restartEpoch: 100) { RestartFactor = 0.5 } };
/// </code>
/// </example>
public sealed record PolyWithRestartSchedule : LearningRateSchedule
{
    /// <summary>Starts again once.</summary>
    /// <param name="restartEpoch">Epochs after which it does, less than those of the run.</param>
    public PolyWithRestartSchedule(int restartEpoch) => RestartEpoch = restartEpoch;

    /// <summary>The power before the restart. Default 0.9.</summary>
    [Fingerprint("PolyPower")]
    public double Power { get; init => field = Check.NotNegative(value); } = 0.9;

    /// <summary>Epochs after which it starts again, less than those of the run.</summary>
    public int RestartEpoch { get; init => field = Check.AtLeast(value, 0); }

    /// <summary>The learning rate at the restart, as a factor of the optimiser's. Default 1.</summary>
    public double RestartFactor { get; init => field = Check.Positive(value); } = 1;

    /// <summary>The power after the restart. Default 1.5.</summary>
    public double RestartPower { get; init => field = Check.NotNegative(value); } = 1.5;

    internal override double Factor(long step, long steps, int stepsPerEpoch)
    {
        long restart = (long)RestartEpoch * stepsPerEpoch;
        return step < restart ? Poly(step, steps, Power) : RestartFactor * Poly(step - restart, steps - restart, RestartPower);
    }
}

/// <summary>(1 + cos(pi t)) / 2, t the share of the run that is done.</summary>
/// <example>
/// <code>
/// var training = options with { Schedule = new CosineSchedule { Interval = ScheduleInterval.Epoch } };
/// </code>
/// </example>
public sealed record CosineSchedule : LearningRateSchedule
{
    internal override double Factor(long step, long steps, int stepsPerEpoch) => (1 + Math.Cos(Math.PI * step / steps)) / 2;
}

/// <summary>The same rate throughout.</summary>
/// <example>
/// <code>
/// var training = options with { Schedule = new ConstantSchedule { WarmUpSteps = 100 } };
/// </code>
/// </example>
public sealed record ConstantSchedule : LearningRateSchedule
{
    internal override double Factor(long step, long steps, int stepsPerEpoch) => 1;
}
