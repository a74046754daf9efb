// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class ResumeTests
{
    [TestMethod]
    public void Fit_ResumedWithAverageAndAccumulation_GivesTheFilesOfAStraightRun()
    {
        using var scenes = new TinyScenes(6);
        var straight = TinyRun.Options with
        {
            Optimizer = OptimizerKind.AdamW,
            LearningRate = 0.002,
            AccumulationSteps = 2, // of three batches: the last step of an epoch has one
            WeightAverageDecay = 0.9,
            MaxGradientNorm = 1,
            EarlyStoppingPatience = 5,
            Epochs = 3,
            ValidationSet = scenes.Paths(new MLContext(1)),
            RunDirectory = scenes.Run + "1",
        };
        var stopped = straight with { RunDirectory = scenes.Run + "2" };

        TinyRun.Fit(scenes, straight);
        TinyRun.FitUntil(scenes, stopped, epoch: 2);
        TinyRun.Fit(scenes, stopped with { Resume = true });

        AssertSameFiles(straight, stopped);
        Assert.AreEqual(3 * 2, Checkpoint.ReadInfo(Path.Combine(straight.RunDirectory, "last.safetensors")).Step);
    }

    [TestMethod]
    public void Fit_ResumedBeforeTheValidationThatWasDue_MakesUpForIt()
    {
        using var scenes = new TinyScenes(4);
        var straight = TinyRun.Options with { ValidationSet = scenes.Paths(new MLContext(1)), RunDirectory = scenes.Run + "1" };
        using var stop = new CancellationTokenSource();
        var stopped = straight with { RunDirectory = scenes.Run + "2" };

        TinyRun.Fit(scenes, straight);
        TinyRun.Fit(scenes, stopped with
        {
            Progress = new TinyRun.Told(report => stop.CancelWhen(report is { Phase: TrainingPhase.Validation, Epoch: 1, Step: 1 })), // of four images
            CancellationToken = stop.Token,
        });
        bool validated = File.Exists(Path.Combine(stopped.RunDirectory!, "best.safetensors"));
        TinyRun.Fit(scenes, stopped with { Resume = true });

        Assert.IsFalse(validated);
        AssertSameFiles(straight, stopped);
        CollectionAssert.AreEqual(Records(straight), Records(stopped));
    }

    [TestMethod]
    public void Fit_LastCheckpointDamaged_GoesOnFromTheOneBefore()
    {
        using var scenes = new TinyScenes(4);
        var straight = TinyRun.Options with { Epochs = 3, RunDirectory = scenes.Run + "1" };
        var stopped = straight with { RunDirectory = scenes.Run + "2" };
        TinyRun.Fit(scenes, straight);
        TinyRun.FitUntil(scenes, stopped, epoch: 2);
        using (var file = new FileStream(Path.Combine(stopped.RunDirectory, "last.safetensors"), FileMode.Open))
            file.SetLength(file.Length / 2);

        var epochs = new List<int>();
        TinyRun.Fit(scenes, stopped with { Resume = true, Progress = new TinyRun.Told(report => epochs.Add(report.Epoch)) });

        Assert.AreEqual(1, epochs[0]); // reported again, then trained from there
        Assert.AreEqual(2, Checkpoint.ReadInfo(Path.Combine(stopped.RunDirectory, "previous.safetensors")).Epoch);
        AssertSameFiles(straight, stopped);
    }

    [TestMethod]
    public void Fit_BestCheckpointDamaged_SaysSoAndGoesOn()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var lines = new List<string>();
        context.Log += (_, line) => lines.Add(line.Message);
        var options = TinyRun.Options with { ValidationSet = scenes.Paths(context), RunDirectory = scenes.Run };
        TinyRun.FitUntil(scenes, options with { Epochs = 3 }, epoch: 2);
        File.WriteAllText(Path.Combine(scenes.Run, "best.safetensors"), "");

        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options with { Epochs = 3, Resume = true }).Fit(scenes.Rows(context));

        Assert.IsTrue(lines.Any(line => line.Contains("best weights so far are lost", StringComparison.Ordinal)));
        Assert.IsGreaterThanOrEqualTo(2, Checkpoint.ReadInfo(Path.Combine(scenes.Run, "best.safetensors")).Epoch);
    }

    [TestMethod]
    public void Fit_FolderWithAFileHalfWritten_CleansItUp()
    {
        using var scenes = new TinyScenes(2);
        string leftover = Path.Combine(Directory.CreateDirectory(scenes.Run).FullName, "last.safetensors.123-4.partial");
        File.WriteAllText(leftover, "half");

        TinyRun.Fit(scenes, TinyRun.Options with { Epochs = 1, RunDirectory = scenes.Run });

        Assert.IsFalse(File.Exists(leftover));
    }

    private static void AssertSameFiles(SemanticFlowTrainerOptions expected, SemanticFlowTrainerOptions actual)
    {
        foreach (string path in Directory.GetFiles(expected.RunDirectory!, "*.safetensors")) // set by every test
        {
            string file = Path.GetFileName(path);
            Assert.AreEqual(TinyRun.Hash(expected.RunDirectory!, file), TinyRun.Hash(actual.RunDirectory!, file), file);
        }
    }

    // The log without its second column, the time.
    private static string[] Records(SemanticFlowTrainerOptions options) =>
        [.. File.ReadAllLines(Path.Combine(options.RunDirectory!, "log.csv")).Select(line => string.Join(',', line.Split(',').Where((_, column) => column != 1)))];
}
