// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Losses;

/// <summary>Losses against their formulas written out, and their gradients against differences, in double.</summary>
[TestClass]
public sealed class LossFormulaTests
{
    private static readonly float[] _weights = [0.5f, 2, 1, 3];

    private readonly SlowLosses _slow = new(images: 2, classes: 4, height: 7, width: 6, seed: 3);

    public static IEnumerable<object[]> Losses()
    {
        Func<SlowLosses, double> Of(Func<SlowLosses, double> expected) => expected;
        yield return [new FocalCrossEntropy(2, _weights), Of(slow => slow.Focal(2, _weights))];
        yield return [new FocalCrossEntropy(0.5), Of(slow => slow.Focal(0.5, [1, 1, 1, 1]))];
        yield return [new SoftDice(), Of(slow => slow.Dice())];
        yield return [new LovaszSoftmax(), Of(slow => slow.LovaszSoftmax())];
        yield return [new ImageWeightedCrossEntropy(1.5), Of(slow => slow.ImageWeighted(1.5, overBatch: false))];
        yield return [new ImageWeightedCrossEntropy(1, overBatch: true), Of(slow => slow.ImageWeighted(1, overBatch: true))];
        yield return [new BoundaryRelaxedCrossEntropy(), Of(slow => slow.BoundaryRelaxed(1, 1, [], hard: false))];
        yield return [new BoundaryRelaxedCrossEntropy { Window = 2, Bound = 0.5, StrictClasses = [1] }, Of(slow => slow.BoundaryRelaxed(2, 0.5, [1], hard: false))];
        yield return [new BoundaryRelaxedCrossEntropy { RelaxedEpochs = 3 }.At(3), Of(slow => slow.BoundaryRelaxed(0, 1, [], hard: true))];
        yield return [new BoundaryRelaxedCrossEntropy { Window = 3, RelaxedEpochs = 3 }.At(7), Of(slow => slow.BoundaryRelaxed(1, 1, [], hard: true))];
        yield return [new WeightedSum(new SoftDice(), new LovaszSoftmax(), 0.25), Of(slow => slow.Dice() + 0.25 * slow.LovaszSoftmax())];
    }

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void Compute_RandomScores_EqualsTheFormula(object loss, object expected)
    {
        using var scope = NewDisposeScope();

        double value = Value((PixelCriterion)loss, _slow.Scores).item<double>();

        Assert.AreEqual(((Func<SlowLosses, double>)expected)(_slow), value, 1e-6);      // class weights are float32
    }

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void Gradient_RandomScores_EqualsDifferences(object loss, object expected)
    {
        _ = expected;
        using var scope = NewDisposeScope();
        const double Step = 1e-5;
        double[] scores = _slow.Scores;
        var logits = Logits(scores).requires_grad_();

        ((PixelCriterion)loss).Compute(logits, Labels()).backward();

        double[] gradient = logits.grad!.data<double>().ToArray();      // backward has just set it
        for (int i = 0; i < scores.Length; i += 11)
        {
            double[] above = [.. scores], below = [.. scores];
            above[i] += Step;
            below[i] -= Step;
            double difference = (Value((PixelCriterion)loss, above).item<double>() - Value((PixelCriterion)loss, below).item<double>()) / (2 * Step);
            Assert.AreEqual(difference, gradient[i], 1e-8, $"score {i}");      // the third derivative times the step squared
        }
    }

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void Gradient_IgnoredPixelFarFromOthers_IsZeroAndAllIsFinite(object loss, object expected)
    {
        _ = expected;
        using var scope = NewDisposeScope();
        var random = new Random(5);
        float[] scores = [.. Enumerable.Range(0, 4 * 12 * 12).Select(_ => random.Next(-400, 400))];      // softmax underflows
        var logits = tensor(scores, [1, 4, 12, 12]).requires_grad_();
        var labels = zeros([1, 12, 12], ScalarType.Int64);
        labels[0, TensorIndex.Slice(0, 6)] = 255;
        labels[0, 11, 11] = 2;

        ((PixelCriterion)loss).Compute(logits, labels).backward();

        var gradient = logits.grad!;      // backward has just set it
        Assert.IsTrue(gradient.isfinite().all().item<bool>());
        Assert.AreEqual(0f, gradient[0, TensorIndex.Colon, TensorIndex.Slice(0, 3)].abs().max().item<float>());
    }

    [TestMethod]
    public void DeepSupervision_WeightsOfEachOutput_TheLastStandsForTheRest()
    {
        using var scope = NewDisposeScope();
        var output = new NetworkOutput(Logits(_slow.Scores), [.. new[] { 1.0, 2, 3 }.Select(factor => Logits(_slow.Scores).Times(factor))]);
        var term = new CrossEntropy();
        double[] terms = [term.Compute(output.Main, Labels()).item<double>(), .. output.Auxiliary.Select(auxiliary => term.Compute(auxiliary, Labels()).item<double>())];

        double two = new DeepSupervision(term, [0.4, 0.1]).Compute(output, Labels()).item<double>();
        double first = new DeepSupervision(term, [0.4, 0]).Compute(output, Labels()).item<double>();

        Assert.AreEqual(terms[0] + 0.4 * terms[1] + 0.1 * terms[2] + 0.1 * terms[3], two, 1e-12);
        Assert.AreEqual(terms[0] + 0.4 * terms[1], first, 1e-12);
    }

    [TestMethod]
    public void ImageWeighted_ImageWithoutCountingPixels_AddsNothing()
    {
        using var scope = NewDisposeScope();
        var labels = Labels();
        labels[1] = 255;

        double both = new ImageWeightedCrossEntropy().Compute(Logits(_slow.Scores), labels).item<double>();
        double alone = new ImageWeightedCrossEntropy().Compute(Logits(_slow.Scores)[..1], labels[..1]).item<double>();

        Assert.AreEqual(alone, both, 1e-12);
    }

    private Tensor Value(PixelCriterion loss, double[] scores) => loss.Compute(Logits(scores), Labels());

    private Tensor Logits(double[] scores) => tensor(scores, [_slow.Images, _slow.Classes, _slow.Height, _slow.Width]);

    private Tensor Labels() => tensor(_slow.Labels, [_slow.Images, _slow.Height, _slow.Width]);
}
