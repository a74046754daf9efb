// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using TorchSharp;
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
    private const string StateName = "loss_scale";
    private const double Initial = 65536;
    private const double Largest = 1L << 40;      // far above any use, far below float32's range
    private const int StepsToGrow = 2000;

    private int _steps;

    /// <summary>The factor of the loss; a power of two.</summary>
    public double Scale { get; private set; } = Initial;

    /// <summary>The state's name, shape and type.</summary>
    public static (string Name, long[] Shape, ScalarType Type) Expected => (StateName, [2], ScalarType.Float64);

    /// <summary>Divides the gradients by the factor and finds the next one.</summary>
    /// <returns>Whether all gradients are finite: a step can be taken.</returns>
    public bool Unscale(IReadOnlyList<Parameter> parameters)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using Scalar share = 1 / Scale;
        Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
        foreach (var gradient in gradients)
            gradient.mul_(share);
        bool finite = gradients.Length == 0 || double.IsFinite(stack(gradients.Select(gradient => gradient.abs().max())).sum().to(ScalarType.Float64).item<double>());
        if (!finite)
            (Scale, _steps) = (Math.Max(1, Scale / 2), 0);
        else if (++_steps == StepsToGrow)
            (Scale, _steps) = (Math.Min(Largest, Scale * 2), 0);
        return finite;
    }

    /// <summary>What a resumed run needs, as a new tensor in the caller's scope.</summary>
    public KeyValuePair<string, Tensor> State() => KeyValuePair.Create(StateName, tensor(new[] { Scale, _steps }));

    /// <summary>Takes over a saved state; without one the factor begins anew.</summary>
    public void Load(Func<string, Tensor?> find)
    {
        if (find(StateName) is { } state)
            (Scale, _steps) = (state[0].item<double>(), (int)state[1].item<double>());
    }
}
