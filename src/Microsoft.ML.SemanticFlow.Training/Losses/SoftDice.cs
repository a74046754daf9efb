// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>One minus the soft Dice coefficient, 2 sum(p g) / (sum(p) + sum(g)), averaged over the classes that occur in the batch.</summary>
/// <remarks>Milletari et al., 3DV 2016 (arXiv 1606.04797), "Dice loss layer", with p to the first power. p is the softmax, g the ground truth; sums run over the batch.</remarks>
/// <param name="processes">The processes whose pixels are one batch; null for this one alone.</param>
internal sealed class SoftDice(Collective? processes = null) : PixelCriterion
{
    private readonly Collective _processes = processes ?? SingleProcess.Instance;

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var counting = labels.IsNotEqualTo(Ignored);                                                         // [N,H,W]
        var classes = labels.masked_select(counting);                                                        // [P]
        var probabilities = functional.softmax(logits, dim: 1) * counting.unsqueeze(1);                      // [N,K,H,W]
        var ofTrueClass = probabilities.gather(1, labels.Filled(counting.logical_not(), 0).unsqueeze(1)).squeeze(1).masked_select(counting);

        long classCount = logits.shape[1];
        var truth = classes.bincount(null, classCount).to(logits.dtype);                                     // [K]
        var predicted = probabilities.sum([0, 2, 3]);
        var common = zeros([classCount], logits.dtype, logits.device).PlusAt(0, classes, ofTrueClass);
        if (!_processes.IsAlone)
        {
            var sums = SummedOverProcesses.Of(stack([truth, predicted, common]), _processes);
            (truth, predicted, common) = (sums[0], sums[1], sums[2]);
        }

        var occurs = truth.IsPositive();
        var loss = (common.Times(2) / predicted.Plus(truth)).masked_select(occurs).mean().Complement();
        return (_processes.IsAlone ? loss : loss.Times(1.0 / _processes.Size)).MoveToOuterDisposeScope(); // each has the whole
    }
}
