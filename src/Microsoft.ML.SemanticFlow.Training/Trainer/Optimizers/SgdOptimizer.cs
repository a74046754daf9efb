// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer.Optimizers;

/// <summary>Stochastic gradient descent with momentum: v = momentum · v + g + decay · w, then w = w - rate · v.</summary>
internal sealed class SgdOptimizer(IReadOnlyList<(string Name, Parameter Parameter)> parameters, double momentum, double weightDecay)
    : Optimizer(new OptimizerMemory(parameters, "momentum_buffer"))
{
    protected override void Move(ParameterMemory memory, Tensor gradient, double rate)
    {
        if (weightDecay != 0)
            gradient.PlusInPlace(memory.Parameter, weightDecay);
        var direction = momentum == 0 ? gradient : memory[0].TimesInPlace(momentum).PlusInPlace(gradient);
        memory.Parameter.PlusInPlace(direction, -rate);
    }
}
