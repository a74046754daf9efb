// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Recipes;
using Microsoft.ML.SemanticFlow.Trainer.Optimizers;
using TorchSharp.Modules;

namespace Microsoft.ML.SemanticFlow;

/// <summary>What turns gradients into steps: one of the optimisers, with its own numbers.</summary>
/// <example>
/// <code>
/// TrainingOptimizer optimizer = new AdamW { LearningRate = 1e-3, BackboneLearningRateFactor = 0.3, AccumulationSteps = 4 };
/// var training = options with { Optimizer = optimizer };
/// </code>
/// </example>
public abstract record TrainingOptimizer : IRecipePart
{
    private protected TrainingOptimizer(double learningRate) => LearningRate = learningRate;

    /// <summary>The learning rate of the first step after warming up. Default 0.01 for <see cref="Sgd"/>, 0.001 for <see cref="Adam"/> and <see cref="AdamW"/>.</summary>
    public double LearningRate { get; init => field = Check.Positive(value); }

    /// <summary>The learning rate of the backbone as a factor of that of the rest; less than 1 suits a backbone with weights for ImageNet. Default 1.</summary>
    public double BackboneLearningRateFactor { get; init => field = Check.NotNegative(value); } = 1;

    /// <summary>Weight decay of every parameter that gets a gradient. Default 0.0005.</summary>
    public double WeightDecay { get; init => field = Check.NotNegative(value); } = 5e-4;

    /// <summary>Batches whose gradients make a step, averaged by their pixels that count. Default 1.</summary>
    public int AccumulationSteps { get; init => field = Check.AtLeast(value, 1); } = 1;

    /// <summary>Longer gradients, taken over all parameters, are shortened to this Euclidean norm; null leaves them. Default null.</summary>
    public double? MaxGradientNorm { get; init => field = Check.Positive(value); }

    internal abstract Optimizer Create(IReadOnlyList<(string Name, Parameter Parameter)> parameters);
}

/// <summary>Stochastic gradient descent with momentum, as the papers train.</summary>
/// <example>
/// <code>
/// var training = options with { Optimizer = new Sgd { LearningRate = 0.01, Momentum = 0.9, WeightDecay = 5e-4 } };
/// </code>
/// </example>
public sealed record Sgd() : TrainingOptimizer(learningRate: 0.01)
{
    /// <summary>How much of the step before stays in a step, in [0, 1]. Default 0.9.</summary>
    public double Momentum { get; init => field = Check.Within(value, 0, 1); } = 0.9;

    internal override Optimizer Create(IReadOnlyList<(string Name, Parameter Parameter)> parameters) => new SgdOptimizer(parameters, Momentum, WeightDecay);
}

/// <summary>Adam, the decay added to the gradient.</summary>
/// <remarks>Kingma and Ba, ICLR 2015 (arXiv 1412.6980).</remarks>
/// <example>
/// <code>
/// var training = options with { Optimizer = new Adam { LearningRate = 1e-3, Beta1 = 0.9 } };
/// </code>
/// </example>
public sealed record Adam() : TrainingOptimizer(learningRate: 0.001)
{
    /// <summary>How slowly the mean of gradients follows them, in [0, 1). Default 0.9.</summary>
    [Fingerprint("AdamBeta1")]
    public double Beta1 { get; init => field = Check.BelowOne(value); } = 0.9;

    /// <summary>How slowly the mean of squared gradients follows them, in [0, 1). Default 0.999.</summary>
    [Fingerprint("AdamBeta2")]
    public double Beta2 { get; init => field = Check.BelowOne(value); } = 0.999;

    internal override Optimizer Create(IReadOnlyList<(string Name, Parameter Parameter)> parameters) =>
        new AdamOptimizer(parameters, Beta1, Beta2, WeightDecay, decoupled: false);
}

/// <summary>Adam, the decay taken off the weights, times the learning rate.</summary>
/// <remarks>Loshchilov and Hutter, ICLR 2019 (arXiv 1711.05101).</remarks>
/// <example>
/// <code>
/// var training = options with { Optimizer = new AdamW { LearningRate = 1e-3, WeightDecay = 0.02 } };
/// </code>
/// </example>
public sealed record AdamW() : TrainingOptimizer(learningRate: 0.001)
{
    /// <summary>How slowly the mean of gradients follows them, in [0, 1). Default 0.9.</summary>
    [Fingerprint("AdamBeta1")]
    public double Beta1 { get; init => field = Check.BelowOne(value); } = 0.9;

    /// <summary>How slowly the mean of squared gradients follows them, in [0, 1). Default 0.999.</summary>
    [Fingerprint("AdamBeta2")]
    public double Beta2 { get; init => field = Check.BelowOne(value); } = 0.999;

    internal override Optimizer Create(IReadOnlyList<(string Name, Parameter Parameter)> parameters) =>
        new AdamOptimizer(parameters, Beta1, Beta2, WeightDecay, decoupled: true);
}
