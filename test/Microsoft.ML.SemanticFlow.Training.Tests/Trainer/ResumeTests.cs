// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class ResumeTests
{
    private static TinyScenes? _scenes;

    private static TinyScenes Scenes => _scenes ?? throw new InvalidOperationException("The class is not initialised.");

    private static SemanticFlowTrainerOptions Straight => TinyRun.Options with
    {
        Optimizer = new AdamW { LearningRate = 0.002, AccumulationSteps = 2, MaxGradientNorm = 1 },
        WeightAverageDecay = 0.9,
        EarlyStoppingPatience = 5,
        Epochs = 3,
        ValidationSet = Scenes.Paths(new MLContext(1)),
        Run = new TrainingRun(Scenes.Run),
    };

    [ClassInitialize]
    public static void TrainStraight(TestContext _)
    {
        _scenes = new TinyScenes(6);
        TinyRun.Fit(Scenes, Straight);
    }

    [ClassCleanup]
    public static void Clean() => _scenes?.Dispose();

    [TestMethod]
    public void Fit_Resumed_GivesTheFilesOfAStraightRun()
    {
        var stopped = Straight with { Run = new TrainingRun(Scenes.Run + "-stopped") };

        TinyRun.FitUntil(Scenes, stopped, epoch: 2);
        TinyRun.Fit(Scenes, stopped with { Run = stopped.Run! with { Resume = true } });

        AssertSameFiles(stopped);
        Assert.AreEqual(3 * 2, Checkpoint.ReadInfo(Path.Combine(Scenes.Run, "last.safetensors")).Step);
    }

    [TestMethod]
    public void Fit_ResumedBeforeTheValidationThatWasDue_MakesUpForIt()
    {
        using var stop = new CancellationTokenSource();
        var stopped = Straight with { Run = new TrainingRun(Scenes.Run + "-unvalidated") };

        TinyRun.Fit(Scenes, stopped with
        {
            Progress = new TinyRun.Told(report => stop.CancelWhen(report is { Phase: TrainingPhase.Validation, Epoch: 1, Step: 1 })), // of six images
            CancellationToken = stop.Token,
        });
        bool validated = File.Exists(Path.Combine(stopped.Run.Directory, "best.safetensors"));
        TinyRun.Fit(Scenes, stopped with { Run = stopped.Run! with { Resume = true } });

        Assert.IsFalse(validated);
        AssertSameFiles(stopped);
        CollectionAssert.AreEqual(Records(Scenes.Run), Records(stopped.Run.Directory));
    }

    [TestMethod]
    public void Fit_LastCheckpointDamaged_GoesOnFromTheOneBefore()
    {
        var stopped = Straight with { Run = new TrainingRun(Scenes.Run + "-damaged") };
        TinyRun.FitUntil(Scenes, stopped, epoch: 2);
        using (var file = new FileStream(Path.Combine(stopped.Run.Directory, "last.safetensors"), FileMode.Open))
            file.SetLength(file.Length / 2);

        var epochs = new List<int>();
        TinyRun.Fit(Scenes, stopped with { Run = stopped.Run! with { Resume = true }, Progress = new TinyRun.Told(report => epochs.Add(report.Epoch)) });

        Assert.AreEqual(1, epochs[0]); // validated again, then trained from there
        Assert.Contains(2, epochs);
        AssertSameFiles(stopped);
    }

    [TestMethod]
    public void Fit_BestCheckpointDamaged_SaysSoAndGoesOn()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var lines = new List<string>();
        context.Log += (_, line) => lines.Add(line.Message);
        var options = TinyRun.Options with { ValidationSet = scenes.Paths(context), Run = new TrainingRun(scenes.Run) };
        TinyRun.FitUntil(scenes, options with { Epochs = 3 }, epoch: 2);
        File.WriteAllText(Path.Combine(scenes.Run, "best.safetensors"), "");

        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options with { Epochs = 3, Run = options.Run! with { Resume = true } }).Fit(scenes.Rows(context));

        Assert.IsTrue(lines.Any(line => line.Contains("best weights so far are lost", StringComparison.Ordinal)));
        Assert.IsGreaterThanOrEqualTo(2, Checkpoint.ReadInfo(Path.Combine(scenes.Run, "best.safetensors")).Epoch);
    }

    [TestMethod]
    public void Fit_ResumedWithOtherClassNames_SaysWhichDiffer()
    {
        var renamed = Straight with { Labels = LabelMap.FromClassNames("tiny", "ground", "ball", "box"), Run = Straight.Run! with { Resume = true } };

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => TinyRun.Fit(Scenes, renamed));

        StringAssert.Contains(thrown.Message, "other classes: the checkpoint calls class 1 'disk', the training set calls it 'ball'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_ResumedWithOtherRawIds_SaysThatTheyDiffer()
    {
        var shifted = LabelMap.Parse("tiny", "name,raw_id,train_id,r,g,b\nground,10,0,0,0,0\ndisk,11,1,1,1,1\nbox,12,2,2,2,2\n");

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => TinyRun.Fit(Scenes, Straight with { Labels = shifted, Run = Straight.Run! with { Resume = true } }));

        StringAssert.Contains(thrown.Message, "other raw ids or colours of the same classes", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Open_FolderWithAFileHalfWritten_CleansItUp()
    {
        string folder = Scenes.Run + "-half";
        string leftover = Path.Combine(Directory.CreateDirectory(folder).FullName, "last.safetensors.123-4.partial");
        File.WriteAllText(leftover, "half");

        using var opened = RunFolder.Open(folder, resume: true);

        Assert.IsFalse(File.Exists(leftover));
    }

    [TestMethod]
    public void Open_FolderInUse_SaysSoAndLeavesItAlone()
    {
        string folder = Scenes.Run + "-used";
        string leftover = Path.Combine(Directory.CreateDirectory(folder).FullName, "last.safetensors.123-4.partial");
        using (RunFolder.Open(folder, resume: false))
        {
            File.WriteAllText(leftover, "being written");

            var error = Assert.ThrowsExactly<InvalidOperationException>(() => RunFolder.Open(folder, resume: true));

            Assert.Contains("Another training works in the run folder", error.Message);
            Assert.IsTrue(File.Exists(leftover));
        }

        RunFolder.Open(folder, resume: true).Dispose();
        Assert.IsEmpty(Directory.GetFiles(folder));
    }

    private static void AssertSameFiles(SemanticFlowTrainerOptions actual)
    {
        foreach (string file in new[] { "last.safetensors", "previous.safetensors", "best.safetensors" })
            Assert.AreEqual(TinyRun.Hash(Scenes.Run, file), TinyRun.Hash(actual.Run!.Directory, file), file); // every test sets it
    }

    // What does not depend on the clock and the machine: epoch, rate, loss and mIoU of the log, and every validation.
    private static string[] Records(string run) =>
    [
        .. File.ReadAllLines(Path.Combine(run, "log.csv")).Select(line => string.Join(',', line.Split(',').Where((_, column) => column is 0 or 2 or 3 or 4))),
        .. File.ReadAllLines(Path.Combine(run, "validation.csv")),
    ];
}
