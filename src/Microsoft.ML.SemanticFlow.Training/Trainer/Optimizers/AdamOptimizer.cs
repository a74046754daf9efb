// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer.Optimizers;

/// <summary>Adam (Kingma and Ba, 2015), and AdamW where the decay is decoupled (Loshchilov and Hutter, 2019).</summary>
/// <param name="parameters">The parameters, by name.</param>
/// <param name="beta1">How slowly the mean of gradients follows them.</param>
/// <param name="beta2">How slowly the mean of squared gradients follows them.</param>
/// <param name="weightDecay">The decay.</param>
/// <param name="decoupled">Whether the decay is taken off the weights, times the rate, instead of added to the gradient.</param>
internal sealed class AdamOptimizer(
    IReadOnlyList<(string Name, Parameter Parameter)> parameters, double beta1, double beta2, double weightDecay, bool decoupled)
    : Optimizer(new OptimizerMemory(parameters, "exp_avg", "exp_avg_sq"))
{
    private const double Epsilon = 1e-8;

    private readonly Scalar _beta1 = beta1, _beta2 = beta2, _rest1 = 1 - beta1, _rest2 = 1 - beta2, _decay = weightDecay, _epsilon = Epsilon, _one = 1;

    protected override void Move(ParameterMemory memory, Tensor gradient, double rate)
    {
        memory.Steps++;
        using Scalar shrink = 1 - rate * weightDecay;
        using Scalar step = -rate / (1 - Math.Pow(beta1, memory.Steps));
        using Scalar correction = Math.Sqrt(1 - Math.Pow(beta2, memory.Steps));
        if (decoupled)
            memory.Parameter.mul_(shrink);
        else if (weightDecay != 0)
            gradient.add_(memory.Parameter, _decay);
        var mean = memory[0].mul_(_beta1).add_(gradient, _rest1);
        var spread = memory[1].mul_(_beta2).addcmul_(gradient, gradient, _rest2).sqrt().div_(correction).add_(_epsilon, _one);
        memory.Parameter.addcdiv_(mean, spread, step);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var factor in (ReadOnlySpan<Scalar>)[_beta1, _beta2, _rest1, _rest2, _decay, _epsilon, _one])
            factor.Dispose();
    }
}
