// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Training whose loss or scores run away.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DivergenceTests
{
    [TestMethod]
    public void Fit_LossOutOfRange_SaysWhatToLower()
    {
        using var scenes = new TinyScenes(4);

        var thrown = Assert.ThrowsExactly<NotFiniteNumberException>(() => Fit(scenes, TinyRun.Options with { Optimizer = new Sgd { LearningRate = 1e30 }, Epochs = 3 }));

        StringAssert.Contains(thrown.Message, "Lower LearningRate", StringComparison.Ordinal);
    }

    // Sane for an epoch, then not.
    [TestMethod]
    public void Fit_LossOutOfRangeInALaterEpoch_GivesTheBestWeightsAndSaysSo()
    {
        using var scenes = new TinyScenes(4);
        var reports = new List<TrainingProgress>();
        var options = TinyRun.Options with
        {
            Epochs = 4,
            ValidationSet = scenes.Paths(new MLContext(1)),
            Schedule = new PolyWithRestartSchedule(1) { WarmUpSteps = 0, RestartFactor = 1e30 },
            Progress = new TinyRun.Told(reports.Add),
        };

        using var model = Fit(scenes, options);

        var last = reports[^1];
        Assert.AreEqual(TrainingPhase.Diverged, last.Phase);
        Assert.AreEqual(last.Message, last.ToString());
        StringAssert.Contains(last.Message, "The loss became NaN at step", StringComparison.Ordinal);
        Assert.AreEqual(last.BestMeanIoU, reports.Where(report => report.Phase == TrainingPhase.Epoch).Max(report => report.MeanIoU));
    }

    [TestMethod]
    public void Fit_ScoresThatRunAwayAndStayFinite_SaysThatTrainingDiverged()
    {
        using var scenes = new TinyScenes(4);
        var options = TinyRun.Options with { Optimizer = new Sgd { LearningRate = 1e3 }, Schedule = new ConstantSchedule { WarmUpSteps = 0 }, Epochs = 1 };

        var thrown = Assert.ThrowsExactly<SegmentationCheckException>(() => Fit(scenes, options));

        StringAssert.Contains(thrown.Message, "Its training diverged: train again with a lower learning rate.", StringComparison.Ordinal);
    }

    private static SemanticFlowTransformer Fit(TinyScenes scenes, SemanticFlowTrainerOptions options)
    {
        var context = new MLContext(1);
        return context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));
    }
}
