// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>A convex surrogate of one minus IoU, averaged over the classes that occur in the batch.</summary>
/// <remarks>
/// Berman et al., CVPR 2018 (arXiv 1705.08790), "The Lovász-Softmax loss": of each class, the pixels' errors |g - p| in falling order,
/// each times what the pixel adds to the Jaccard loss of the worse ones before it.
/// </remarks>
/// <param name="processes">Processes: each ranks its own pixels, and those losses are averaged by their pixels. Null for this one alone.</param>
internal sealed class LovaszSoftmax(Collective? processes = null) : PixelCriterion
{
    private readonly Collective _processes = processes ?? SingleProcess.Instance;

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels) => PartOfMean(_processes, logits, () => CountOf(labels), () => OfBatch(logits, labels));

    private static Tensor OfBatch(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var places = labels.flatten().IsNotEqualTo(Ignored).nonzero().squeeze(1);                            // [P]
        var classes = labels.flatten()[places];
        var probabilities = functional.softmax(logits, dim: 1).transpose(0, 1).flatten(1).index_select(1, places);      // [K,P]

        var losses = classes.unique().output.data<long>().Select(id => OfClass(probabilities[id], classes.IsEqualTo(id))).ToArray();
        return (losses.Length == 0 ? probabilities.sum().Times(double.NaN) : stack(losses).mean()).MoveToOuterDisposeScope();
    }

    // errors and truth of one class over all pixels, [P]
    private static Tensor OfClass(Tensor probabilities, Tensor isClass)
    {
        using var scope = NewDisposeScope();
        var truth = isClass.to(probabilities.dtype);
        var (errors, order) = (truth - probabilities).abs().sort(0, descending: true);

        // In double: the steps are differences of neighbours near 1.
        var sorted = truth[order].to(ScalarType.Float64);
        var total = sorted.sum();
        var jaccard = ((total - sorted.cumsum(0)) / total.Plus(sorted.Complement().cumsum(0))).Complement();
        var steps = cat([jaccard[..1], jaccard[1..] - jaccard[..^1]]).to(probabilities.dtype);
        return dot(errors, steps).MoveToOuterDisposeScope();
    }
}
