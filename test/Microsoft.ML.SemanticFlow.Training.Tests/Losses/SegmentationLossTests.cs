// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Labels;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Losses;

[TestClass]
public sealed class SegmentationLossTests
{
    [TestMethod]
    public void CrossEntropy_WithClassWeights_IsTheWeightedMean()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[] { 0, 0, 0, MathF.Log(3) }, [1, 2, 1, 2]);       // pixel 0: 1/2, 1/2; pixel 1: 1/4, 3/4
        var labels = tensor(new long[] { 0, 1 }, [1, 1, 2]);

        using var loss = new CrossEntropy([3, 1]).Compute(logits, labels);

        Assert.AreEqual((3 * Math.Log(2) + 1 * Math.Log(4.0 / 3)) / (3 + 1), loss.item<float>(), 1e-6);      // float32
    }

    [TestMethod]
    public void Ohem_TooFewHardPixels_KeepsTheHardestMinKept()
    {
        using var scope = NewDisposeScope();
        var (logits, labels) = Pixels(0.9, 0.95, 0.99, 0.8);      // all easier than 0.7

        var kept = new OhemCrossEntropy(threshold: 0.7, minKept: 2).Select(logits, labels);

        CollectionAssert.AreEqual(new long[] { 0, 255, 255, 0 }, kept.data<long>().ToArray());
    }

    [TestMethod]
    public void Ohem_EnoughHardPixels_KeepsAllOfThem()
    {
        using var scope = NewDisposeScope();
        var (logits, labels) = Pixels(0.1, 0.2, 0.99, 0.3);

        var kept = new OhemCrossEntropy(threshold: 0.7, minKept: 1).Select(logits, labels);

        CollectionAssert.AreEqual(new long[] { 0, 0, 255, 0 }, kept.data<long>().ToArray());
    }

    [TestMethod]
    public void Ohem_FewerCountingPixelsThanMinKept_KeepsAll()
    {
        using var scope = NewDisposeScope();
        var (logits, labels) = Pixels(0.9, 0.95, 0.99, 0.8);
        labels[0, 0, 3] = 255;

        var kept = new OhemCrossEntropy(threshold: 0.7, minKept: 4).Select(logits, labels);

        CollectionAssert.AreEqual(new long[] { 0, 0, 0, 255 }, kept.data<long>().ToArray());
    }

    [TestMethod]
    public void AnyCounts_OnlyIgnoredPixels_IsFalseAndTheLossIsNaN()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 3, 4, 4);
        var labels = tensor(Enumerable.Repeat(255L, 4 * 4).ToArray(), [1, 4, 4]);

        Assert.IsFalse(Criterion.AnyCounts(labels));
        Assert.IsTrue(float.IsNaN(new CrossEntropy().Compute(logits, labels).item<float>()));
        Assert.IsTrue(float.IsNaN(new OhemCrossEntropy().Compute(logits, labels).item<float>()));
        labels[0, 1, 2] = 1;
        Assert.IsTrue(Criterion.AnyCounts(labels));
    }

    [TestMethod]
    public void Compute_BFloat16Logits_GivesAFloat32LossWithAGradient()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 3, 4, 4, ScalarType.BFloat16).requires_grad_();
        var labels = zeros([1, 8, 8], dtype: ScalarType.Int64);

        var loss = new DeepSupervision(new CrossEntropy(), weight: 0.4).Compute(new NetworkOutput(logits, [logits]), labels);
        loss.backward();

        Assert.AreEqual(ScalarType.Float32, loss.dtype);
        Assert.IsNotNull(logits.grad);
    }

    [TestMethod]
    public void ClassWeights_RareAndFrequentClasses_FollowTheFormulaUpToTheCap()
    {
        float[] weights = ClassWeights.FromPixelCounts([75, 25, 0]);

        Assert.AreEqual(1 / (6 * Math.Log(1.77)), weights[0], 1e-6);
        Assert.AreEqual(1 / (6 * Math.Log(1.27)), weights[1], 1e-6);
        Assert.AreEqual(8f, weights[2]);      // 1 / (6 ln 1.02) = 8.4
        Assert.AreEqual(Math.Sqrt(8), ClassWeights.FromPixelCounts([75, 25, 0], exponent: 0.5)[2], 1e-6);
        Assert.ThrowsExactly<ArgumentException>(() => ClassWeights.FromPixelCounts([0, 0]));
    }

    /// <summary>One row of pixels of class 0 with these probabilities.</summary>
    private static (Tensor Logits, Tensor Labels) Pixels(params double[] probabilities)
    {
        int n = probabilities.Length;
        float[] scores = [.. probabilities.Select(p => (float)Math.Log(p / (1 - p))), .. new float[n]];
        return (tensor(scores, [1, 2, 1, n]), zeros([1, 1, n], dtype: ScalarType.Int64));
    }
}
