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

    /// <summary>Batches whose gradients make a step, averaged by their pixels that count. Default 1.</summary>
    public int AccumulationSteps { get; init => field = Check.AtLeast(value, 1); } = 1;

    /// <summary>Longer gradients, taken over all parameters, are shortened to this Euclidean norm; null leaves them. Default null.</summary>
    public double? MaxGradientNorm { get; init => field = Check.Positive(value); }

    /// <summary>The learning rate of the backbone as a factor of that of the rest; less than 1 suits a backbone with <see cref="BackboneWeights"/>. Default 1.</summary>
    public double BackboneLearningRateFactor { get; init => field = Check.NotNegative(value); } = 1;

    /// <summary>
    /// Whether batch norms use and keep the statistics that they start with, as with <see cref="InitialWeights"/> and small batches; their
    /// scale and shift are learnt all the same. Default false.
    /// </summary>
    public bool FreezeBatchNorm { get; init; }

    /// <summary>
    /// How much of a moving average of the weights stays at a step, in [0, 1), such as 0.999; the average is what is validated, kept and
    /// exported. Null keeps none. Default null.
    /// </summary>
    public double? WeightAverageDecay { get; init => field = Check.BelowOne(value); }

    /// <summary>Training ends after so many validations in a row without a better mIoU; null trains all epochs. Default null.</summary>
    public int? EarlyStoppingPatience { get; init => field = Check.AtLeast(value, 1); }
}
