// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>A loss of one map of logits; of a network's outputs it takes the main one.</summary>
internal abstract class PixelCriterion : Criterion
{
    /// <inheritdoc/>
    public sealed override Tensor Compute(NetworkOutput output, Tensor labels) => Compute(output.Main, labels);

    /// <inheritdoc/>
    public override PixelCriterion At(int epoch) => this;

    /// <summary>The loss of one map of logits [N, K, h, w] against labels [N, H, W].</summary>
    public virtual Tensor Compute(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return OfPixels(Warp.Resize(Widened(logits), labels.shape[1..]), labels).MoveToOuterDisposeScope();
    }

    /// <summary>Logits in float32 at least: mixed precision gives bfloat16, and sums over a batch's pixels need more than eight bits.</summary>
    protected static Tensor Widened(Tensor logits) =>
        logits.dtype is ScalarType.BFloat16 or ScalarType.Float16 ? logits.to(ScalarType.Float32) : logits;

    /// <summary>The loss of logits [N, K, H, W] at the labels' size.</summary>
    protected internal abstract Tensor OfPixels(Tensor logits, Tensor labels);
}
