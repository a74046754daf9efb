// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <content>How the weights move: learning rate, optimiser, what is done to gradients and what is kept of the weights.</content>
public sealed partial record SemanticFlowTrainerOptions
{
    /// <summary>The learning rate of the first step after warming up. Default 0.01.</summary>
    public double LearningRate { get; init => field = Check.Positive(value); } = 0.01;

    /// <summary>How the learning rate falls over the run. Default <see cref="LearningRateSchedule.Poly"/>.</summary>
    public LearningRateSchedule Schedule { get; init => field = Check.Defined(value); } = LearningRateSchedule.Poly;

    /// <summary>How often the learning rate changes. Default <see cref="ScheduleInterval.Step"/>; the authors' code changes it once an epoch.</summary>
    public ScheduleInterval ScheduleInterval { get; init => field = Check.Defined(value); } = ScheduleInterval.Step;

    /// <summary>The learning rate falls as (1 - step / steps) to this power. Default 0.9.</summary>
    public double PolyPower { get; init => field = Check.NotNegative(value); } = 0.9;

    /// <summary>Steps over which the learning rate rises from near 0; null means 50, or a tenth of all steps where that is less. 0 starts at once.</summary>
    public int? WarmUpSteps { get; init => field = Check.AtLeast(value, 0); }

    /// <summary>Epochs after which <see cref="LearningRateSchedule.PolyWithRestart"/> starts again, less than <see cref="Epochs"/>; null with other schedules.</summary>
    public int? RestartEpoch { get; init => field = Check.AtLeast(value, 0); }

    /// <summary>The learning rate at the restart, as a factor of <see cref="LearningRate"/>. Default 1.</summary>
    public double RestartFactor { get; init => field = Check.Positive(value); } = 1;

    /// <summary>The power of the decay after the restart. Default 1.5.</summary>
    public double RestartPower { get; init => field = Check.NotNegative(value); } = 1.5;

    /// <summary>What turns gradients into steps. Default <see cref="OptimizerKind.Sgd"/>.</summary>
    public OptimizerKind Optimizer { get; init => field = Check.Defined(value); } = OptimizerKind.Sgd;

    /// <summary>Momentum of stochastic gradient descent, in [0, 1]. Default 0.9.</summary>
    public double Momentum { get; init => field = Check.Within(value, 0, 1); } = 0.9;

    /// <summary>How slowly the mean of gradients follows them in Adam and AdamW, in [0, 1). Default 0.9.</summary>
    public double AdamBeta1 { get; init => field = Check.BelowOne(value); } = 0.9;

    /// <summary>How slowly the mean of squared gradients follows them in Adam and AdamW, in [0, 1). Default 0.999.</summary>
    public double AdamBeta2 { get; init => field = Check.BelowOne(value); } = 0.999;

    /// <summary>Weight decay of every parameter that gets a gradient. Default 0.0005.</summary>
    public double WeightDecay { get; init => field = Check.NotNegative(value); } = 5e-4;
}
