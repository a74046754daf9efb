// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer.Optimizers;

/// <summary>Stochastic gradient descent with momentum: v = momentum · v + g + decay · w, then w = w - rate · v.</summary>
internal sealed class SgdOptimizer(IReadOnlyList<(string Name, Parameter Parameter)> parameters, double momentum, double weightDecay)
    : Optimizer(new OptimizerMemory(parameters, "momentum_buffer"))
{
    private readonly Scalar _one = 1, _momentum = momentum, _decay = weightDecay;

    protected override void Move(ParameterMemory memory, Tensor gradient, double rate)
    {
        using Scalar step = -rate;
        if (weightDecay != 0)
            gradient.add_(memory.Parameter, _decay);
        var direction = momentum == 0 ? gradient : memory[0].mul_(_momentum).add_(gradient, _one);
        memory.Parameter.add_(direction, step);
    }

    public override void Dispose()
    {
        base.Dispose();
        _one.Dispose();
        _momentum.Dispose();
        _decay.Dispose();
    }
}
