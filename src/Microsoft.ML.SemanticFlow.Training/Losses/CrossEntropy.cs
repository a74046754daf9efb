// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Cross entropy, averaged over the pixels that count.</summary>
/// <param name="classWeights">A weight for each class, or null: all alike. The average is then weighted too: sum(w l) / sum(w).</param>
/// <param name="processes">The processes whose pixels are averaged together; null for this one alone.</param>
internal sealed class CrossEntropy(IReadOnlyList<float>? classWeights = null, Collective? processes = null) : PixelCriterion
{
    private readonly Collective _processes = processes ?? SingleProcess.Instance;

    /// <inheritdoc/>
    public override Tensor Compute(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var scores = Widened(logits);
        return (FusedCrossEntropy.Serves(scores, labels)
            ? PartOfMean(_processes, scores, () => WeightOf(labels), () => FusedCrossEntropy.Mean(scores, labels, classWeights))
            : base.Compute(scores, labels)).MoveToOuterDisposeScope();
    }

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels) =>
        PartOfMean(_processes, logits, () => WeightOf(labels), () => Mean(logits, labels, classWeights));

    /// <summary>The mean over all labels but <see cref="Criterion.Ignored"/>.</summary>
    internal static Tensor Mean(Tensor logits, Tensor labels, IReadOnlyList<float>? classWeights)
    {
        var weights = classWeights is null ? null : tensor(classWeights.ToArray(), logits.dtype, logits.device);
        return functional.cross_entropy(logits, labels, weights, ignore_index: Ignored);
    }

    private double WeightOf(Tensor labels)
    {
        if (classWeights is null)
            return CountOf(labels);
        using var scope = NewDisposeScope();
        long[] counts = labels.flatten().bincount(null, classWeights.Count).cpu().data<long>().ToArray();
        return classWeights.Zip(counts).Sum(pair => (double)pair.First * pair.Second); // without the ignored ones, whose id is above
    }
}
