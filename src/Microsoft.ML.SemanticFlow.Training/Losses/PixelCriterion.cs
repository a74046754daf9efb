// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
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

    /// <summary>This process's part of a mean over the pixels of all processes.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="logits">What the mean is of; without a pixel that counts, the part is 0, and so is its gradient.</param>
    /// <param name="weightOf">What the pixels of this process weigh together; asked where there are others.</param>
    /// <param name="meanOf">The mean over the pixels of this process.</param>
    protected static Tensor PartOfMean(Collective processes, Tensor logits, Func<double> weightOf, Func<Tensor> meanOf)
    {
        if (processes.IsAlone)
            return meanOf();
        double own = weightOf();
        Span<double> all = [own];
        processes.Sum(all);
        return own == 0 ? Nothing(logits) : meanOf().Times(own / all[0]);
    }

    /// <summary>A loss of 0 whose gradient is 0, for a process that has nothing to add and takes part all the same.</summary>
    protected static Tensor Nothing(Tensor logits) => logits.sum().Times(0);

    /// <summary>How many labels count.</summary>
    protected static double CountOf(Tensor labels)
    {
        using var scope = NewDisposeScope();
        return labels.IsNotEqualTo(Ignored).sum().item<long>();
    }

    /// <summary>The loss of logits [N, K, H, W] at the labels' size.</summary>
    protected internal abstract Tensor OfPixels(Tensor logits, Tensor labels);
}
