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
        LearningRate = 0.001,
        WarmUpSteps = 2,
        ClassUniformFraction = 0.75,
        ClassUniformTile = 32,
        CacheMegabytes = 0,
        ScaleMin = 0.5,
        ScaleMax = 2,
        ColorJitter = 0.25,
        LoaderThreads = 2,
    };

    [TestMethod]
    public void Fit_ResumedWithTheCentroidsOfTheFirstHalf_GivesTheWeightsOfAStraightRun()
    {
        using var scenes = new TinyScenes(8);
        var straight = _quick with { RunDirectory = scenes.Run + "1" };
        using var stop = new CancellationTokenSource();
        var half = straight with
        {
            RunDirectory = scenes.Run + "2",
            Progress = new TinyRun.Told(report => stop.CancelWhen(report is { Phase: TrainingPhase.Epoch, Epoch: 1 })),
            CancellationToken = stop.Token,
        };

        string expected = Train(scenes, straight, out var lines);
        Assert.AreNotEqual(expected, Train(scenes, half, out _));
        string resumed = Train(scenes, half with { Progress = null, CancellationToken = default, Resume = true }, out var resumedLines);

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
        var straight = _quick with { RunDirectory = scenes.Run + "1", BoostSet = more.Paths(new MLContext(1)), BoostClasses = ["box"] };
        var half = straight with { RunDirectory = scenes.Run + "2" };

        string expected = Train(scenes, straight, out var lines);
        TinyRun.FitUntil(scenes, half, epoch: 1);
        string resumed = Train(scenes, half with { Resume = true }, out var resumedLines);

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
        var options = _quick with { Epochs = 1, RunDirectory = scenes.Run, BoostSet = more.Paths(new MLContext(1)), BoostClasses = ["box"] };
        Train(scenes, options, out _);

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(
            () => Train(scenes, options with { Epochs = 2, Resume = true, BoostSet = fewer.Paths(new MLContext(1)) }, out _));

        StringAssert.Contains(thrown.Message, "The boost set is not the one", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "that had 3 rows, this has 2", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_BoostClassThatIsNone_NamesIt()
    {
        using var scenes = new TinyScenes(4);
        var options = _quick with { BoostSet = scenes.Paths(new MLContext(1)), BoostClasses = ["box", "lorry"] };

        var thrown = Assert.ThrowsExactly<ArgumentException>(() => Train(scenes, options, out _));

        StringAssert.StartsWith(thrown.Message, "BoostClasses names 'lorry'; label map 'tiny' has ground, disk, box.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_CentroidFileDamaged_LooksForThemAnew()
    {
        using var scenes = new TinyScenes(8);
        var options = _quick with { Epochs = 1, RunDirectory = scenes.Run };
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

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => Train(scenes, _quick with { ClassUniformTile = 65 }, out _));

        StringAssert.Contains(thrown.Message, "none holds a whole tile of 65 x 65 pixels", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "Set ClassUniformTile", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_FractionTooSmallForOneCropAClass_Warns()
    {
        using var scenes = new TinyScenes(4);

        Train(scenes, _quick with { Epochs = 1, ClassUniformFraction = 0.7, RunDirectory = scenes.Run }, out var lines); // 4 x 0.7 < 3

        Assert.IsTrue(lines.Any(line => line.Contains("ClassUniformFraction 0.7 of 4 images is less than one crop for each of 3 classes", StringComparison.Ordinal)));
    }

    // The hash of the last checkpoint.
    private static string Train(TinyScenes scenes, SemanticFlowTrainerOptions options, out List<string> lines)
    {
        var context = new MLContext(1);
        var logged = lines = [];
        context.Log += (_, line) => logged.Add(line.Message);
        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));
        return TinyRun.Hash(options.RunDirectory!, "last.safetensors"); // callers whose run ends set it
    }
}
