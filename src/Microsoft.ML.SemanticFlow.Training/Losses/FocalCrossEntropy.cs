// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Cross entropy times (1 - p)^gamma, p the probability of the true class: easy pixels fade gradually.</summary>
/// <remarks>Lin et al., ICCV 2017 (arXiv 1708.02002), "Focal Loss Definition"; here averaged over the pixels that count.</remarks>
/// <param name="gamma">0 gives plain cross entropy.</param>
/// <param name="classWeights">A weight for each class, or null: all alike. The average is then weighted too: sum(w l) / sum(w).</param>
/// <param name="processes">The processes whose pixels are averaged together; null for this one alone.</param>
internal sealed class FocalCrossEntropy(double gamma = 2, IReadOnlyList<float>? classWeights = null, Collective? processes = null) : PixelCriterion
{
    // Keeps the power's slope finite where the true class is certain.
    private const double Smallest = 1e-12;

    private readonly Collective _processes = processes ?? SingleProcess.Instance;

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var crossEntropy = functional.cross_entropy(logits, labels, ignore_index: Ignored, reduction: Reduction.None);    // [N,H,W]
        var counting = labels.IsNotEqualTo(Ignored);
        var weights = classWeights is null
            ? counting.to(logits.dtype)
            : tensor(classWeights.ToArray(), logits.dtype, logits.device)[labels.Filled(counting.logical_not(), 0)] * counting;
        var loss = (-expm1(-crossEntropy)).AtLeast(Smallest).Power(gamma) * crossEntropy;
        var weight = weights.sum();
        return PartOfMean(_processes, logits, () => weight.to(ScalarType.Float64).item<double>(), () => (loss * weights).sum() / weight).MoveToOuterDisposeScope();
    }
}
