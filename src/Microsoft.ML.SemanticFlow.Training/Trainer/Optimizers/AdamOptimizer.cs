// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Native;
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

    protected override void Move(ParameterMemory memory, Tensor gradient, double rate)
    {
        memory.Steps++;
        double step = -rate / (1 - Math.Pow(beta1, memory.Steps)), correction = Math.Sqrt(1 - Math.Pow(beta2, memory.Steps));
        if (decoupled)
            memory.Parameter.TimesInPlace(1 - rate * weightDecay);
        else if (weightDecay != 0)
            gradient.PlusInPlace(memory.Parameter, weightDecay);
        var mean = memory[0].TimesInPlace(beta1).PlusInPlace(gradient, 1 - beta1);
        var spread = memory[1].TimesInPlace(beta2).PlusProductInPlace(gradient, gradient, 1 - beta2).sqrt().DividedInPlace(correction).PlusInPlace(Epsilon);
        memory.Parameter.PlusQuotientInPlace(mean, spread, step);
    }
}
