// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>Multiplies losses in float16, so that small gradients do not become zero, and takes the factor off before the step.</summary>
/// <remarks>
/// Micikevicius et al., ICLR 2018 (arXiv 1710.03740), "Loss Scaling", with the factor found as PyTorch's GradScaler finds it: halved and the
/// step left out where a gradient left the range of numbers, doubled after 2,000 steps in a row without.
/// </remarks>
internal sealed class LossScaler
{
    private const double Initial = 65536;
    private const double Largest = 1L << 40;      // far above any use, far below float32's range
    private const int StepsToGrow = 2000;

    /// <summary>What a resumed run needs.</summary>
    public LossScale State { get; } = new() { Value = Initial };

    /// <summary>The factor of the loss; a power of two.</summary>
    public double Scale => State.Value;

    /// <summary>Divides the gradients by the factor and finds the next one.</summary>
    /// <returns>Whether all gradients are finite: a step can be taken.</returns>
    public bool Unscale(IReadOnlyList<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        foreach (var gradient in gradients)
            gradient.TimesInPlace(1 / Scale);
        bool finite = gradients.Length == 0 || double.IsFinite(stack(gradients.Select(gradient => gradient.abs().max())).sum().to(ScalarType.Float64).item<double>());
        if (!finite)
            (State.Value, State.Steps) = (Math.Max(1, Scale / 2), 0);
        else if (++State.Steps == StepsToGrow)
            (State.Value, State.Steps) = (Math.Min(Largest, Scale * 2), 0);
        return finite;
    }
}
