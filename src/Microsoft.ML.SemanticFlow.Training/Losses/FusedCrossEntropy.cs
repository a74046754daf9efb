// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Native;
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

    /// <summary>The mean over all labels but <see cref="Criterion.Ignored"/>: sum(w l) / sum(w).</summary>
    /// <param name="logits">[N, K, h, w].</param>
    /// <param name="labels">[N, H, W].</param>
    /// <param name="classWeights">A weight for each class, or null: all alike.</param>
    /// <exception cref="ArgumentException">A label is neither a class nor <see cref="Criterion.Ignored"/>.</exception>
    public static Tensor Mean(Tensor logits, Tensor labels, IReadOnlyList<float>? classWeights)
    {
        using var scope = NewDisposeScope();
        var (mean, gradient) = MeanAndGradient(logits.detach().contiguous(), labels.contiguous(), classWeights?.ToArray());

        // A sum whose gradient is the one computed, moved to the value computed.
        var product = logits.mul(gradient).sum();
        return product.Plus(product.detach().neg()).Plus(tensor(mean, ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    /// <summary>The probability of each pixel's class, [N, H, W]; 1 where the pixel does not count. Without a gradient.</summary>
    /// <param name="logits">[N, K, h, w].</param>
    /// <param name="labels">[N, H, W].</param>
    /// <exception cref="ArgumentException">A label is neither a class nor <see cref="Criterion.Ignored"/>.</exception>
    public static Tensor Probabilities(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var images = new Images(logits.detach().contiguous(), labels.contiguous(), classWeights: null);
        var probabilities = empty(labels.shape, ScalarType.Float32);
        images.ForEach((work, image) => work.Probabilities(images.Logits(image), images.Labels(image), images.PixelsOf<float>(probabilities, image)));
        return probabilities.MoveToOuterDisposeScope();
    }

    private static (double Mean, Tensor Gradient) MeanAndGradient(Tensor logits, Tensor labels, float[]? classWeights)
    {
        var images = new Images(logits, labels, classWeights);
        var gradient = zeros_like(logits);
        var sums = new (double Loss, double Weight)[images.Count];
        images.ForEach((work, image) => sums[image] = work.Compute(images.Logits(image), images.Labels(image), images.ScoresOf(gradient, image)));

        double weight = sums.Sum(sum => sum.Weight);
        return (sums.Sum(sum => sum.Loss) / weight, gradient.TimesInPlace(1 / weight));
    }

    /// <summary>The images of contiguous logits and labels, worked on by as many threads as libtorch takes.</summary>
    private sealed class Images
    {
        private readonly Tensor _logits;
        private readonly Tensor _labels;
        private readonly EnlargedAxis _rows;
        private readonly EnlargedAxis _columns;
        private readonly int _classes;
        private readonly int _scores;
        private readonly int _pixels;
        private readonly float[] _weights;

        public Images(Tensor logits, Tensor labels, float[]? classWeights)
        {
            (_logits, _labels, Count, _classes) = (logits, labels, (int)logits.size(0), (int)logits.size(1));
            (_rows, _columns) = (new EnlargedAxis((int)logits.size(2), (int)labels.size(1)), new EnlargedAxis((int)logits.size(3), (int)labels.size(2)));
            (_scores, _pixels) = (checked(_classes * _rows.Length * _columns.Length), checked(_rows.NewLength * _columns.NewLength));
            _weights = classWeights ?? [.. Enumerable.Repeat(1f, _classes)];
        }

        public int Count { get; }

        public Span<float> Logits(int image) => ScoresOf(_logits, image);

        public Span<long> Labels(int image) => PixelsOf<long>(_labels, image);

        public Span<float> ScoresOf(Tensor tensor, int image) => Part<float>(tensor, image, _scores);

        public Span<T> PixelsOf<T>(Tensor tensor, int image) where T : unmanaged => Part<T>(tensor, image, _pixels);

        public void ForEach(Action<ImageCrossEntropy, int> work)
        {
            try
            {
                Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() },
                    image => work(new ImageCrossEntropy(_classes, _rows, _columns, _weights), image));
            }
            catch (AggregateException e) when (e.InnerException is ArgumentException refused)
            {
                throw refused;
            }
        }

        private static Span<T> Part<T>(Tensor tensor, int index, int length) where T : unmanaged =>
            MemoryMarshal.Cast<byte, T>(tensor.bytes).Slice(index * length, length);
    }
}
