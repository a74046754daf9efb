// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Cross entropy, averaged over the pixels that count.</summary>
/// <param name="classWeights">A weight for each class, or null: all alike. The average is then weighted too: sum(w l) / sum(w).</param>
internal sealed class CrossEntropy(IReadOnlyList<float>? classWeights = null) : PixelCriterion
{
    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var scores = Widened(logits);
        return (FusedCrossEntropy.Serves(scores, labels) ? FusedCrossEntropy.Mean(scores, labels, classWeights) : base.Compute(scores, labels)).MoveToOuterDisposeScope();
    }

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels) => Mean(logits, labels, classWeights);

    /// <summary>The mean over all labels but <see cref="Criterion.Ignored"/>.</summary>
    internal static Tensor Mean(Tensor logits, Tensor labels, IReadOnlyList<float>? classWeights)
    {
        var weights = classWeights is null ? null : tensor(classWeights.ToArray(), logits.dtype, logits.device);
        return functional.cross_entropy(logits, labels, weights, ignore_index: Ignored);
    }
}
