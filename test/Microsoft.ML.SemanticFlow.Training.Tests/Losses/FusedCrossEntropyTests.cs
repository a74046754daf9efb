// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Losses;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Losses;

/// <summary>The fused cross entropy against libtorch's interpolation and cross entropy in double.</summary>
[TestClass]
[DoNotParallelize] // they draw from torch's random source
public sealed class FusedCrossEntropyTests
{
    [TestMethod]
    [DataRow(1, 3, 4, 5, 16, 20)]
    [DataRow(3, 11, 6, 7, 47, 51)]
    [DataRow(2, 19, 5, 5, 5, 5)]
    [DataRow(2, 4, 1, 1, 8, 9)]
    [DataRow(2, 4, 1, 6, 3, 6)]
    [DataRow(2, 4, 6, 1, 7, 1)]
    [DataRow(1, 1, 3, 3, 9, 9)]
    [DataRow(1, 255, 2, 3, 4, 33)]
    public void Mean_RandomLogits_EqualsInterpolationAndCrossEntropyInDouble(int images, int classes, int height, int width, int newHeight, int newWidth)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        var logits = (5 * randn(images, classes, height, width)).requires_grad_();
        var labels = randint(0, classes, [images, newHeight, newWidth], ScalarType.Int64);
        labels.masked_fill_(rand(images, newHeight, newWidth).lt(0.2), Criterion.Ignored);
        labels.view(-1)[0] = 0; // one counts in any case
        float[] weights = [.. Enumerable.Range(0, classes).Select(k => 0.5f + (k % 3))];

        foreach (float[]? classWeights in new[] { null, weights })
        {
            var exact = logits.detach().to(float64).requires_grad_();
            var expected = CrossEntropy(exact, labels, classWeights);
            expected.backward();
            logits.grad = null;

            var loss = FusedCrossEntropy.Mean(logits, labels, classWeights);
            (2 * loss).backward();

            Assert.AreEqual(expected.item<double>(), loss.item<float>(), 1e-6 * (1 + expected.item<double>()));
            double scale = exact.grad!.abs().max().item<double>();
            Assert.IsLessThan(2e-6 * scale + 1e-12, (logits.grad!.to(float64) / 2 - exact.grad!).abs().max().item<double>());
        }
    }

    [TestMethod]
    [DataRow(2, 5, 6, 7, 23, 29)]
    [DataRow(1, 3, 4, 4, 4, 4)]
    [DataRow(2, 4, 1, 6, 3, 6)]
    public void Probabilities_RandomLogits_AreThoseOfSoftmax(int images, int classes, int height, int width, int newHeight, int newWidth)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(8);
        var logits = 5 * randn(images, classes, height, width);
        var labels = randint(0, classes, [images, newHeight, newWidth], ScalarType.Int64);
        var ignored = rand(images, newHeight, newWidth).lt(0.2);
        var exact = functional.interpolate(logits.to(float64), size: labels.shape[1..], mode: InterpolationMode.Bilinear, align_corners: true);
        var expected = functional.softmax(exact, dim: 1).gather(1, labels.unsqueeze(1)).squeeze(1).masked_fill(ignored, 1);

        var probabilities = FusedCrossEntropy.Probabilities(logits, labels.masked_fill(ignored, Criterion.Ignored));

        Assert.IsLessThan(2e-6, (probabilities.to(float64) - expected).abs().max().item<double>());
    }

    [TestMethod]
    public void Mean_ChannelsLastLogitsAndStridedLabels_EqualsContiguousOnes()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        var logits = randn(2, 5, 4, 6);
        var labels = randint(0, 5, [2, 16, 24], ScalarType.Int64);
        var channelsLast = logits.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        var strided = labels.transpose(1, 2).contiguous().transpose(1, 2);

        float expected = FusedCrossEntropy.Mean(logits, labels, null).item<float>();

        Assert.AreEqual(expected, FusedCrossEntropy.Mean(channelsLast, strided, null).item<float>());
    }

    [TestMethod]
    public void Mean_MoreThreads_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(7);
        var logits = randn(5, 7, 4, 6).requires_grad_();
        var labels = randint(0, 7, [5, 16, 24], ScalarType.Int64);
        int threads = get_num_threads();
        try
        {
            var (loss, gradient) = At(1);
            var (sameLoss, sameGradient) = At(4);

            Assert.AreEqual(loss, sameLoss);
            Assert.IsTrue(gradient.Equals(sameGradient));
        }
        finally
        {
            set_num_threads(threads);
        }

        (float Loss, Tensor Gradient) At(int count)
        {
            set_num_threads(count);
            logits.grad = null;
            var loss = FusedCrossEntropy.Mean(logits, labels, null);
            loss.backward();
            return (loss.item<float>(), logits.grad!);
        }
    }

    [TestMethod]
    public void Mean_NothingCounts_IsNotANumber()
    {
        using var scope = NewDisposeScope();

        float loss = FusedCrossEntropy.Mean(zeros(1, 3, 2, 2), full([1, 4, 4], Criterion.Ignored, ScalarType.Int64), null).item<float>();

        Assert.IsTrue(float.IsNaN(loss)); // as libtorch's
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void Mean_LogitOutOfRange_IsNotANumber(float value)
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 3, 2, 2);
        logits[0, 1, 0, 0] = value;

        Assert.IsTrue(float.IsNaN(FusedCrossEntropy.Mean(logits, zeros(1, 4, 4, ScalarType.Int64), null).item<float>()));
    }

    [TestMethod]
    [DataRow(3L)]
    [DataRow(-1L)]
    public void Mean_LabelThatIsNoClass_IsRefused(long label)
    {
        using var scope = NewDisposeScope();

        var e = Assert.ThrowsExactly<ArgumentException>(() => FusedCrossEntropy.Mean(zeros(1, 3, 2, 2), full([1, 4, 4], label, ScalarType.Int64), null));

        StringAssert.StartsWith(e.Message, $"A label is {label}; with 3 classes they run from 0 to 2, and 255 does not count.", StringComparison.Ordinal);
    }

    private static Tensor CrossEntropy(Tensor logits, Tensor labels, float[]? weights)
    {
        var full = functional.interpolate(logits, size: labels.shape[1..], mode: InterpolationMode.Bilinear, align_corners: true);
        return functional.cross_entropy(full, labels, weights is null ? null : tensor(weights).to(float64), ignore_index: Criterion.Ignored);
    }
}
