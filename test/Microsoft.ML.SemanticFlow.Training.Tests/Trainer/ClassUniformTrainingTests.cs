// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class ClassUniformTrainingTests
{
    // Two of three classes lie in half of the scenes each: 8 x 0.75 / 3 = 2 crops of each class, and 2 of images.
    private static readonly SemanticFlowTrainerOptions _quick = TinyRun.Options with
    {
        Optimizer = TinyRun.Options.Optimizer with { LearningRate = 0.001 },
        Schedule = TinyRun.Options.Schedule with { WarmUpSteps = 2 },
        Sampling = new ClassUniformSampling { Fraction = 0.75, Tile = 32 },
        Execution = TinyRun.Options.Execution with { CacheMegabytes = 0, LoaderThreads = 2 },
        Augmentation = TinyRun.Options.Augmentation with { ScaleMin = 0.5, ScaleMax = 2, ColorJitter = 0.25 },
    };

    [TestMethod]
    public void Fit_ResumedWithTheCentroidsOfTheFirstHalf_GivesTheWeightsOfAStraightRun()
    {
        using var scenes = new TinyScenes(8);
        var straight = _quick with { Run = new TrainingRun(scenes.Run + "1") };
        using var stop = new CancellationTokenSource();
        var half = straight with
        {
            Run = new TrainingRun(scenes.Run + "2"),
            Progress = new TinyRun.Told(report => stop.CancelWhen(report is { Phase: TrainingPhase.Epoch, Epoch: 1 })),
            CancellationToken = stop.Token,
        };

        string expected = Train(scenes, straight, out var lines);
        Assert.AreNotEqual(expected, Train(scenes, half, out _));
        string resumed = Train(scenes, half with { Progress = null, CancellationToken = default, Run = half.Run! with { Resume = true } }, out var resumedLines);

        Assert.AreEqual(expected, resumed);
        Assert.HasCount(1, lines.Where(line => line.Contains("Looking for the classes in 8 masks", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(1, lines.Where(line => line.Contains("8 crops: 2 anywhere in an image, 2 around each of 3 classes", StringComparison.Ordinal)).ToArray());
        Assert.IsFalse(resumedLines.Any(line => line.Contains("Looking for the classes", StringComparison.Ordinal)));
        Assert.IsTrue(resumedLines.Any(line => line.Contains("centroids.json", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Fit_ResumedWithABoostSet_GivesTheWeightsOfAStraightRun()
    {
        using var scenes = new TinyScenes(8);
        using var more = new TinyScenes(5);
        var straight = _quick with { Run = new TrainingRun(scenes.Run + "1"), Sampling = _quick.Sampling! with { Boost = new ClassBoost(more.Paths(new MLContext(1)), ["box"]) } };
        var half = straight with { Run = new TrainingRun(scenes.Run + "2") };

        string expected = Train(scenes, straight, out var lines);
        TinyRun.FitUntil(scenes, half, epoch: 1);
        string resumed = Train(scenes, half with { Run = half.Run! with { Resume = true } }, out var resumedLines);

        Assert.AreEqual(expected, resumed);
        Assert.IsTrue(lines.Any(line => line.Contains("Looking for the classes in 5 masks", StringComparison.Ordinal)));
        Assert.IsTrue(lines.Any(line => line.Contains("5 to boost classes", StringComparison.Ordinal)));
        Assert.IsFalse(resumedLines.Any(line => line.Contains("Looking for the classes", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Fit_ResumedWithAnotherBoostSet_IsRefused()
    {
        using var scenes = new TinyScenes(4);
        using var more = new TinyScenes(3);
        using var fewer = new TinyScenes(2);
        var sampling = _quick.Sampling! with { Boost = new ClassBoost(more.Paths(new MLContext(1)), ["box"]) };
        var another = sampling with { Boost = new ClassBoost(fewer.Paths(new MLContext(1)), ["box"]) };
        var options = _quick with { Epochs = 1, Run = new TrainingRun(scenes.Run), Sampling = sampling };
        Train(scenes, options, out _);

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(
            () => Train(scenes, options with { Epochs = 2, Run = options.Run! with { Resume = true }, Sampling = another }, out _));

        StringAssert.Contains(thrown.Message, "The boost set is not the one", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "that had 3 rows, this has 2", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_BoostClassThatIsNone_NamesIt()
    {
        using var scenes = new TinyScenes(4);
        var options = _quick with { Sampling = _quick.Sampling! with { Boost = new ClassBoost(scenes.Paths(new MLContext(1)), ["box", "lorry"]) } };

        var thrown = Assert.ThrowsExactly<ArgumentException>(() => Train(scenes, options, out _));

        StringAssert.StartsWith(thrown.Message, "Classes names 'lorry'; label map 'tiny' has ground, disk, box.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_CentroidFileDamaged_LooksForThemAnew()
    {
        using var scenes = new TinyScenes(8);
        var options = _quick with { Epochs = 1, Run = new TrainingRun(scenes.Run) };
        Directory.CreateDirectory(scenes.Run);
        string file = Path.Combine(scenes.Run, "centroids.json");
        File.WriteAllText(file, "{");

        Train(scenes, options, out var lines);

        Assert.IsTrue(lines.Any(line => line.Contains("Looking for the classes", StringComparison.Ordinal)));
        Assert.IsGreaterThan(100, new FileInfo(file).Length);
    }

    [TestMethod]
    public void Fit_TileLargerThanTheImages_SaysWhatToSet()
    {
        using var scenes = new TinyScenes(4);

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => Train(scenes, _quick with { Sampling = _quick.Sampling! with { Tile = 65 } }, out _));

        StringAssert.Contains(thrown.Message, "none holds a whole tile of 65 x 65 pixels", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "Set the sampling's Tile", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_FractionTooSmallForOneCropAClass_Warns()
    {
        using var scenes = new TinyScenes(4);

        Train(scenes, _quick with { Epochs = 1, Sampling = _quick.Sampling! with { Fraction = 0.7 }, Run = new TrainingRun(scenes.Run) }, out var lines); // 4 x 0.7 < 3

        Assert.IsTrue(lines.Any(line => line.Contains("A Fraction of 0.7 of 4 images is less than one crop for each of 3 classes", StringComparison.Ordinal)));
    }

    // The hash of the last checkpoint.
    private static string Train(TinyScenes scenes, SemanticFlowTrainerOptions options, out List<string> lines)
    {
        var context = new MLContext(1);
        var logged = lines = [];
        context.Log += (_, line) => logged.Add(line.Message);
        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));
        return TinyRun.Hash(options.Run!.Directory, "last.safetensors"); // callers whose run ends set it
    }
}
