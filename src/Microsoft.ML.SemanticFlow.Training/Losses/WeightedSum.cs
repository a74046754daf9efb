// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>One loss plus a weight times another, such as cross entropy and Lovász-softmax.</summary>
internal sealed class WeightedSum(PixelCriterion first, PixelCriterion second, double weight) : PixelCriterion
{
    /// <inheritdoc/>
    public override PixelCriterion At(int epoch) => new WeightedSum(first.At(epoch), second.At(epoch), weight);

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return Sum(first.Compute(logits, labels), second.Compute(logits, labels)).MoveToOuterDisposeScope(); // each enlarges in its own way
    }

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels) => Sum(first.OfPixels(logits, labels), second.OfPixels(logits, labels));

    private Tensor Sum(Tensor one, Tensor other) => one.Plus(other.Times(weight));
}
