// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>The main output's loss, plus that of every auxiliary output times a weight.</summary>
/// <remarks>Li et al., ECCV 2020 (arXiv 2002.10120), "Network Architectures": weight 1, the same threshold for every output.</remarks>
/// <param name="term">The loss of one output.</param>
/// <param name="weights">Weights of the auxiliary outputs, coarse to fine; the last stands for all further ones. An output of weight 0 is not computed.</param>
internal sealed class DeepSupervision(PixelCriterion term, IReadOnlyList<double> weights) : Criterion
{
    /// <summary>One weight for all auxiliary outputs.</summary>
    public DeepSupervision(PixelCriterion term, double weight = 1) : this(term, [weight])
    {
    }

    /// <inheritdoc/>
    public override Criterion At(int epoch) => new DeepSupervision(term.At(epoch), weights);

    /// <inheritdoc/>
    public override Tensor Compute(NetworkOutput output, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var total = term.Compute(output.Main, labels);
        for (int i = 0; i < output.Auxiliary.Count; i++)
        {
            double weight = weights[Math.Min(i, weights.Count - 1)];
            if (weight != 0)
                total = total.Plus(term.Compute(output.Auxiliary[i], labels).Times(weight));
        }

        return total.MoveToOuterDisposeScope();
    }
}
