// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer.Optimizers;

/// <summary>Moves parameters by their gradients. The steps are PyTorch's; what is remembered carries its names.</summary>
/// <remarks>
/// TorchSharp 0.107 has these optimisers too, but frees the factors of a sum during the native call when another thread causes a collection
/// (see <see cref="Native.TensorArithmetic"/>), and training loads images on other threads. Here every factor is held.
/// </remarks>
internal abstract class Optimizer(OptimizerMemory memory) : IDisposable
{
    /// <summary>What is remembered of each parameter.</summary>
    public OptimizerMemory Memory => memory;

    /// <summary>Lets go of all gradients, so that the next backward pass writes them instead of adding.</summary>
    public void ForgetGradients()
    {
        foreach (var parameter in memory.Parameters)
            parameter.Parameter.grad = null;
    }

    /// <summary>Takes a step. Parameters without a gradient stay as they are.</summary>
    /// <param name="rateOf">The learning rate of a parameter, by its place.</param>
    public void Step(Func<int, double> rateOf)
    {
        using var _ = no_grad();
        for (int i = 0; i < memory.Parameters.Count; i++)
        {
            using var scope = NewDisposeScope();
            var parameter = memory.Parameters[i];
            if (parameter.Parameter.grad is { } gradient)
                Move(parameter, gradient, rateOf(i));
        }
    }

    /// <summary>Moves one parameter. The gradient may be overwritten: it is not used again.</summary>
    protected abstract void Move(ParameterMemory memory, Tensor gradient, double rate);

    public void Dispose() => memory.Dispose();
}
