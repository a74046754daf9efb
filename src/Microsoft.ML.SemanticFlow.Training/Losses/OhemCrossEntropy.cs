// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Cross entropy over the hard pixels of a batch: those whose true class is given a low probability.</summary>
/// <remarks>
/// Shrivastava et al., CVPR 2016 (arXiv 1604.03540), "Online Hard Example Mining". A pixel is hard when its probability is at most
/// the threshold; where fewer than <paramref name="minKept"/> are, the threshold rises to the probability of the
/// <paramref name="minKept"/>-th hardest. The selection is over the whole batch. A batch with fewer counting pixels than that keeps all.
/// </remarks>
/// <param name="threshold">Probability up to which a pixel is hard.</param>
/// <param name="minKept">Pixels kept at least; 0 keeps all.</param>
/// <param name="classWeights">A weight for each class, or null: all alike.</param>
/// <param name="processes">The processes whose pixels are one batch; null for this one alone.</param>
internal sealed class OhemCrossEntropy(double threshold = 0.7, long minKept = 100_000, IReadOnlyList<float>? classWeights = null, Collective? processes = null) : PixelCriterion
{
    private readonly CrossEntropy _ofKept = new(classWeights, processes);
    private readonly Collective _processes = processes ?? SingleProcess.Instance;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var scores = Widened(logits);
        var kept = FusedCrossEntropy.Serves(scores, labels)
            ? Keep(labels, () => FusedCrossEntropy.Probabilities(scores, labels))
            : Select(Warp.Resize(scores.detach(), labels.shape[1..]), labels);
        return _ofKept.Compute(scores, kept).MoveToOuterDisposeScope();
    }

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels) => _ofKept.OfPixels(logits, Select(logits, labels));

    /// <summary>The labels with every pixel that is not kept ignored.</summary>
    internal Tensor Select(Tensor logits, Tensor labels) => Keep(labels, () =>
    {
        var ignored = labels.IsEqualTo(Ignored);
        var classes = labels.Filled(ignored, 0).unsqueeze(1);                   // [N,1,H,W]
        return functional.softmax(logits, dim: 1).gather(1, classes).squeeze(1).FilledInPlace(ignored, 1);      // [N,H,W]
    });

    // Probabilities of the true classes, 1 where a pixel does not count, are asked for only where some are left out.
    private Tensor Keep(Tensor labels, Func<Tensor> probabilitiesOf)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        long counting = InAll(labels.IsNotEqualTo(Ignored));
        if (minKept == 0 || counting == 0 || minKept > counting) return labels.alias().MoveToOuterDisposeScope();

        var probabilities = probabilitiesOf();
        var kept = probabilities.IsAtMost(threshold);

        // Counting is cheaper than finding the minKept-th, which is needed only when too few are hard.
        if (InAll(kept) < minKept)
        {
            kept = _processes.IsAlone
                ? probabilities.le(probabilities.flatten().kthvalue(minKept, 0).values)
                : probabilities.IsAtMost(Selection.Smallest(probabilities, minKept, _processes));
        }

        return labels.Filled(kept.logical_not_(), Ignored).MoveToOuterDisposeScope();
    }

    private long InAll(Tensor marks)
    {
        Span<long> count = [marks.sum().item<long>()];
        _processes.Sum(count);
        return count[0];
    }
}
