// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Cross entropy with class weights made for each image of a batch from its own labels, summed over the images.</summary>
/// <remarks>
/// Of the original's training code: <see cref="ImageWeights"/> times the loss, the weighted mean of each image, then the sum, so the
/// learning rate goes with the batch size. Images without a counting pixel add nothing; the original gives NaN.
/// </remarks>
/// <param name="bound">How much the weight of a class that hardly occurs exceeds 1.</param>
/// <param name="overBatch">Whether one set of weights is made from all images together.</param>
/// <param name="processes">The processes whose images are one batch; null for this one alone.</param>
internal sealed class ImageWeightedCrossEntropy(double bound = 1, bool overBatch = false, Collective? processes = null) : PixelCriterion
{
    private readonly Collective _processes = processes ?? SingleProcess.Instance;

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        float[]? shared = overBatch ? WeightsOf(labels, logits.shape[1], _processes) : null;
        Tensor? total = null;
        for (long i = 0; i < labels.shape[0]; i++)
        {
            var (scores, own) = (logits.narrow(0, i, 1), labels.narrow(0, i, 1));
            if (!AnyCounts(own)) continue;
            var loss = CrossEntropy.Mean(scores, own, shared ?? WeightsOf(own, logits.shape[1], SingleProcess.Instance));
            total = total is null ? loss : total.Plus(loss);
        }

        return (total ?? (_processes.IsAlone ? logits.sum().Times(double.NaN) : Nothing(logits))).MoveToOuterDisposeScope();
    }

    private float[] WeightsOf(Tensor labels, long classCount, Collective over)
    {
        using var scope = NewDisposeScope();
        long[] counts = labels.masked_select(labels.IsNotEqualTo(Ignored)).bincount(null, classCount).data<long>().ToArray();
        over.Sum(counts);
        return ImageWeights.Of(counts.Select(count => (double)count), counts.Sum(), bound);
    }
}
