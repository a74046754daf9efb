// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Trainer;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class LearningRateFinderTests
{
    [TestMethod]
    public void Run_LossThatFallsAndGrows_SuggestsATenthOfTheBestRate()
    {
        double[] losses = [4, 4, 1, 1, 90, 90];

        var sweep = LearningRateFinder.Run(lowest: 1e-4, highest: 10, steps: 6, Next(losses));

        // The moving average of decay 0.9, without the share of its start at 0: (0.9 * 4 + 4) / 1.9 = 4, (0.81 * 4 + 0.9 * 4 + 1) / 2.71 = 2.893, ...
        Assert.AreEqual(4.0, sweep.Points[1].SmoothedLoss, 1e-9);
        Assert.AreEqual(7.84 / 2.71, sweep.Points[2].SmoothedLoss, 1e-9);
        Assert.AreEqual((0.9 * 7.84 + 1) / (0.9 * 2.71 + 1), sweep.Points[3].SmoothedLoss, 1e-9);
        Assert.AreEqual(1e-1, sweep.Points[3].LearningRate, 1e-12); // tenfold each step
        Assert.AreEqual(1e-2, sweep.Suggestion!.Value, 1e-12);
        Assert.HasCount(5, sweep.Points); // (0.9 * 8.056 + 90) / 4.0951 = 23.7 is more than four times 2.343
    }

    [TestMethod]
    public void Run_LossThatOnlyGrows_SuggestsNothing() =>
        Assert.IsNull(LearningRateFinder.Run(lowest: 1e-4, highest: 1, steps: 3, Next([1, 2, 3])).Suggestion);

    [TestMethod]
    public void Run_LossOutOfRange_EndsTheSweepBeforeIt() =>
        Assert.HasCount(1, LearningRateFinder.Run(lowest: 1e-4, highest: 1, steps: 3, Next([1, double.NaN, 3])).Points);

    [TestMethod]
    public void FindLearningRate_TinyScenes_ChangesNothingElse()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var trainer = context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options with { Run = new TrainingRun(scenes.Run) });
        random.manual_seed(5);
        using var expected = rand(1);
        random.manual_seed(5);

        var first = trainer.FindLearningRate(scenes.Rows(context), lowest: 1e-4, highest: 1e-1, steps: 4);
        using var actual = rand(1);
        var second = trainer.FindLearningRate(scenes.Rows(context), lowest: 1e-4, highest: 1e-1, steps: 4);

        Assert.IsTrue(expected.Equals(actual));
        Assert.IsFalse(Directory.Exists(scenes.Run));
        CollectionAssert.AreEqual(first.Points.ToArray(), second.Points.ToArray()); // a network of its own each time
        CollectionAssert.That.AreClose([1e-4, 1e-3, 1e-2, 1e-1], [.. first.Points.Select(point => point.LearningRate)], 1e-12);
        Assert.AreEqual(Math.Log(3), first.Points[0].Loss, 0.7); // three classes, untrained
    }

    [TestMethod]
    public void FindLearningRate_RatesTheWrongWayRound_SaysSo()
    {
        using var scenes = new TinyScenes(1);
        var context = new MLContext(1);
        var trainer = context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options);

        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => trainer.FindLearningRate(scenes.Rows(context), lowest: 1, highest: 0.1));

        StringAssert.Contains(thrown.Message, "highest must be greater than lowest, 1, not 0.1", StringComparison.Ordinal);
    }

    private static Func<double, double> Next(double[] losses)
    {
        var rest = new Queue<double>(losses);
        return _ => rest.Dequeue();
    }
}
