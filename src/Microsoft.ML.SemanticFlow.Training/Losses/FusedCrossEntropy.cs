// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Cross entropy of logits [N, K, h, w] at labels [N, H, W], with its gradient, without ever making logits of the labels' size.</summary>
/// <remarks>
/// Enlarging, softmax, logarithm and their gradients each pass over K planes of full size; here one pass over rows that stay in a core's
/// cache does all, an image to a thread. The result does not depend on the number of threads.
/// </remarks>
internal static class FusedCrossEntropy
{
    /// <summary>Whether logits and labels are of a kind that this serves: float32 in the processor's memory, not larger than the labels.</summary>
    public static bool Serves(Tensor logits, Tensor labels) =>
        logits.dtype == ScalarType.Float32 && logits.device.type == DeviceType.CPU && labels.dtype == ScalarType.Int64
        && logits.size(2) <= labels.size(1) && logits.size(3) <= labels.size(2);

    /// <summary>The mean over all labels but <see cref="SegmentationLoss.Ignored"/>: sum(w l) / sum(w).</summary>
    /// <param name="logits">[N, K, h, w].</param>
    /// <param name="labels">[N, H, W].</param>
    /// <param name="classWeights">A weight for each class, or null: all alike.</param>
    /// <exception cref="ArgumentException">A label is neither a class nor <see cref="SegmentationLoss.Ignored"/>.</exception>
    public static Tensor Mean(Tensor logits, Tensor labels, IReadOnlyList<float>? classWeights)
    {
        using var scope = NewDisposeScope();
        var (mean, gradient) = MeanAndGradient(logits.detach().contiguous(), labels.contiguous(), classWeights?.ToArray());

        // A sum whose gradient is the one computed, moved to the value computed.
        var product = logits.mul(gradient).sum();
        return product.Plus(product.detach().neg()).Plus(tensor(mean, ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    private static (double Mean, Tensor Gradient) MeanAndGradient(Tensor logits, Tensor labels, float[]? classWeights)
    {
        int images = (int)logits.size(0), classes = (int)logits.size(1);
        var (rows, columns) = (new EnlargedAxis((int)logits.size(2), (int)labels.size(1)), new EnlargedAxis((int)logits.size(3), (int)labels.size(2)));
        int scores = checked(classes * rows.Length * columns.Length), pixels = checked(rows.NewLength * columns.NewLength);
        float[] weights = classWeights ?? [.. Enumerable.Repeat(1f, classes)];
        var gradient = zeros_like(logits);
        var sums = new (double Loss, double Weight)[images];
        try
        {
            Parallel.For(0, images, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, image =>
            {
                var work = new ImageCrossEntropy(classes, rows, columns, weights);
                sums[image] = work.Compute(Part<float>(logits, image, scores), Part<long>(labels, image, pixels), Part<float>(gradient, image, scores));
            });
        }
        catch (AggregateException e) when (e.InnerException is ArgumentException refused)
        {
            throw refused;
        }

        double weight = sums.Sum(sum => sum.Weight);
        using Scalar share = 1 / weight;
        return (sums.Sum(sum => sum.Loss) / weight, gradient.mul_(share));
    }

    private static Span<T> Part<T>(Tensor tensor, int index, int length) where T : unmanaged =>
        MemoryMarshal.Cast<byte, T>(tensor.bytes).Slice(index * length, length);
}
