// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Trainer.Schedules;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Runs that end when their time is up.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TrainingTimeTests
{
    private static readonly TimeSpan _halfAnHour = TimeSpan.FromMinutes(30);

    [TestMethod]
    public void Share_OfTimePassed_CountsEarlierStartsToo()
    {
        var clock = new HeldClock();
        var budget = new TrainingBudget(_halfAnHour, clock) { Earlier = TimeSpan.FromMinutes(6) };

        clock.Pass(TimeSpan.FromMinutes(9));

        Assert.AreEqual(0.5, budget.Share, 1e-12);
        Assert.AreEqual(TimeSpan.FromMinutes(15), budget.Left);
        Assert.IsFalse(budget.IsOver);
        clock.Pass(TimeSpan.FromMinutes(16));
        Assert.AreEqual((1, true, TimeSpan.Zero), (budget.Share, budget.IsOver, budget.Left));
    }

    [TestMethod]
    public void Share_WithoutALimit_StaysNothing()
    {
        var clock = new HeldClock();
        var budget = new TrainingBudget(limit: null, clock);

        clock.Pass(TimeSpan.FromDays(1000));

        Assert.AreEqual((0, false, null), (budget.Share, budget.IsOver, budget.Left));
    }

    // Linear, over 100 epochs of 10 steps: whichever of time and epochs is further decides.
    [TestMethod]
    [DataRow(15, 50, 0.5)]
    [DataRow(3, 800, 0.2)]
    [DataRow(30, 50, 0)]
    public void Rate_WithABudget_FallsOverTheTimeOrTheEpochs(int minutes, int step, double expected)
    {
        var clock = new HeldClock();
        var schedule = new RateSchedule(new PolySchedule { Power = 1, WarmUpSteps = 0 }, rate: 1, epochs: 100, stepsPerEpoch: 10, new TrainingBudget(_halfAnHour, clock));

        clock.Pass(TimeSpan.FromMinutes(minutes));

        Assert.AreEqual(expected, schedule[step], 1e-12);
    }

    [TestMethod]
    public void Fit_TimeUp_EndsValidatedAtASmallRate()
    {
        using var scenes = new TinyScenes(6);
        var epochs = new List<TrainingProgress>();
        var options = TinyRun.Options with
        {
            Epochs = 1_000_000,
            ValidationInterval = 1_000_000,
            MaxTrainingTime = TimeSpan.FromSeconds(4),
            ValidationSet = scenes.Paths(new MLContext(1)),
            Progress = new TinyRun.Told(report =>
            {
                if (report.Phase == TrainingPhase.Epoch)
                    epochs.Add(report);
            }),
        };

        TinyRun.Fit(scenes, options);

        Assert.IsNotNull(epochs[^1].MeanIoU);
        Assert.IsTrue(epochs.SkipLast(1).All(epoch => epoch.MeanIoU is null));
        Assert.IsLessThan(options.Optimizer.LearningRate / 4, epochs[^1].LearningRate); // where a step takes no longer than 0.8 s
        Assert.IsLessThan(1000, epochs[^1].Epochs - epochs[^1].Epoch); // the estimate, not the million
    }

    [TestMethod]
    public void Fit_HardlyAnyTime_TakesOneStep()
    {
        using var scenes = new TinyScenes(6);
        var reports = new List<TrainingProgress>();
        var options = TinyRun.Options with { MaxTrainingTime = TimeSpan.FromTicks(1), ValidationSet = scenes.Paths(new MLContext(1)) };

        TinyRun.Fit(scenes, options with { Progress = new TinyRun.Told(reports.Add) });

        Assert.AreEqual(1, reports.Count(report => report.Phase == TrainingPhase.Step));
        Assert.IsNotNull(reports.Single(report => report.Phase == TrainingPhase.Epoch).MeanIoU);
    }

    [TestMethod]
    public void Fit_ResumedWhenTheTimeWasUp_TrainsNoFurtherUnlessGivenMore()
    {
        using var scenes = new TinyScenes(4);
        var options = TinyRun.Options with { Epochs = 1_000_000, MaxTrainingTime = TimeSpan.FromSeconds(1), Run = new TrainingRun(scenes.Run) { Resume = true } };
        TinyRun.Fit(scenes, options);
        int first = Epochs();

        TinyRun.Fit(scenes, options with { MaxTrainingTime = TimeSpan.FromSeconds(0.001) });
        int same = Epochs();
        TinyRun.Fit(scenes, options with { MaxTrainingTime = TimeSpan.FromMinutes(10), Epochs = first + 1 });

        Assert.AreEqual(first, same);
        Assert.AreEqual(first + 1, Epochs());

        int Epochs() => File.ReadLines(Path.Combine(scenes.Run, "log.csv")).Count() - 1;
    }

    [TestMethod]
    public void MaxTrainingTime_Nothing_IsRefused() =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SemanticFlowTrainerOptions { MaxTrainingTime = TimeSpan.Zero });
}
