// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The learning rate of every step of a run: the base rate, times a factor of the schedule, times a linear warm-up.</summary>
internal sealed record RateSchedule
{
    private const int LongestDefaultWarmUp = 50;

    public required LearningRateSchedule Kind { get; init; }

    /// <summary>The base rate.</summary>
    public required double Rate { get; init; }

    public required int Epochs { get; init; }

    public required int StepsPerEpoch { get; init; }

    /// <summary>Steps until the rate is no longer held back; 0 for none.</summary>
    public required int WarmUpSteps { get; init; }

    /// <summary>Whether a whole epoch runs at the rate of its first step.</summary>
    public bool HoldsForEpoch { get; init; }

    public double Power { get; init; } = 1;

    public int RestartEpoch { get; init; }

    public double RestartFactor { get; init; } = 1;

    public double RestartPower { get; init; } = 1;

    private long Steps => (long)Epochs * StepsPerEpoch;

    /// <summary>The schedule of a run.</summary>
    public static RateSchedule Of(SemanticFlowTrainerOptions options, int stepsPerEpoch) => new()
    {
        Kind = options.Schedule,
        Rate = options.LearningRate,
        Epochs = options.Epochs,
        StepsPerEpoch = stepsPerEpoch,
        WarmUpSteps = options.WarmUpSteps ?? (int)Math.Min(LongestDefaultWarmUp, (long)options.Epochs * stepsPerEpoch / 10),
        HoldsForEpoch = options.ScheduleInterval == ScheduleInterval.Epoch,
        Power = options.PolyPower,
        RestartEpoch = options.RestartEpoch ?? options.Epochs,
        RestartFactor = options.RestartFactor,
        RestartPower = options.RestartPower,
    };

    /// <summary>The learning rate of a step, counted from 0.</summary>
    public double this[long step] => Rate * Factor(HoldsForEpoch ? step - step % StepsPerEpoch : step) * Math.Min(1, (step + 1) / (double)Math.Max(1, WarmUpSteps));

    /// <summary>The factor of the schedule alone: 1 at the start and, but for the constant one, 0 at the end.</summary>
    public double Factor(long step) => Kind switch
    {
        LearningRateSchedule.Constant => 1,
        LearningRateSchedule.Cosine => (1 + Math.Cos(Math.PI * step / Steps)) / 2,
        LearningRateSchedule.PolyWithRestart when step >= Restart => RestartFactor * Poly(step - Restart, Steps - Restart, RestartPower),
        _ => Poly(step, Steps, Power),
    };

    private long Restart => (long)RestartEpoch * StepsPerEpoch;

    private static double Poly(long step, long steps, double power) => Math.Pow(Math.Max(0, 1 - (double)step / steps), power);
}
