// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Reflection;
using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class SemanticFlowTrainerTests
{
    private static readonly SemanticFlowTrainerOptions _quick = TinyRun.Options with { Schedule = TinyRun.Options.Schedule with { WarmUpSteps = 2 } };

    [TestMethod]
    public void Fit_FourScenes_LearnsThem()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var reports = new Reports();
        var options = _quick with
        {
            Epochs = 60,
            BatchSize = 4,
            Optimizer = _quick.Optimizer with { LearningRate = 0.05 },
            Loss = new CrossEntropyLoss { ClassWeighting = ClassWeighting.InverseLogFrequency },
            ValidationSet = scenes.Paths(context),
            ValidationInterval = 20,
            Progress = reports,
        };

        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));

        var metrics = context.SemanticSegmentation.Evaluate(model.Transform(scenes.Rows(context)));
        Assert.IsGreaterThan(0.6, metrics.MeanIoU); // ground alone gives 0.3; scores at stride 16 of 64 pixels keep edges coarse
        Assert.AreEqual(reports.Epochs[^1].BestMeanIoU!.Value, metrics.MeanIoU, 0.01); // another runtime: rounding at class borders
        Assert.IsLessThan(reports.Epochs[0].Loss / 3, reports.Epochs[^1].Loss);
    }

    [TestMethod]
    public void Fit_ValidationSetOfOtherClasses_IsRefusedUnlessIdsAreToCount()
    {
        using var scenes = new TinyScenes(2);
        var context = new MLContext(1);
        var others = context.Transforms.SemanticFlow().LoadImagesAndMasks(LabelMap.FromClassNames("other", "ground", "box", "disk"))
            .Fit(scenes.Paths(context)).Transform(scenes.Paths(context));
        var options = TinyRun.Options with { Epochs = 1, ValidationSet = others };

        var thrown = Assert.ThrowsExactly<ArgumentException>(() => TinyRun.Fit(scenes, options));
        TinyRun.Fit(scenes, options with { Labels = TinyScenes.Labels });

        StringAssert.StartsWith(
            thrown.Message,
            "Column 'Label' of the validation set and the training set have the same classes in another order: class 1 is 'box' in the first and 'disk' in the second.",
            StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_SameSeed_GivesTheSameWeightsWhateverTheLoaderThreads()
    {
        using var scenes = new TinyScenes(5);

        var first = Train(scenes, _quick with { Run = new TrainingRun(scenes.Run + "1"), Execution = _quick.Execution with { LoaderThreads = 1 } });
        var second = Train(scenes, _quick with { Run = new TrainingRun(scenes.Run + "2"), Execution = _quick.Execution with { LoaderThreads = 3 } });
        var other = Train(scenes, _quick with { Run = new TrainingRun(scenes.Run + "3"), Seed = 2 });

        Assert.AreEqual(first, second);
        Assert.AreNotEqual(first, other);
    }

    [TestMethod]
    public void Fit_ResumedHalfway_GivesTheWeightsOfAStraightRun()
    {
        using var scenes = new TinyScenes(4);
        var straight = _quick with { Epochs = 4, Run = new TrainingRun(scenes.Run + "1") };
        using var stop = new CancellationTokenSource();
        var halfway = straight with
        {
            Run = new TrainingRun(scenes.Run + "2"),
            Progress = new TinyRun.Told(report => stop.CancelWhen(report is { Phase: TrainingPhase.Epoch, Epoch: 2 })),
            CancellationToken = stop.Token,
        };

        string expected = Train(scenes, straight);
        string half = Train(scenes, halfway);
        string resumed = Train(scenes, straight with { Run = new TrainingRun(scenes.Run + "2") { Resume = true } });

        Assert.AreNotEqual(expected, half);
        Assert.AreEqual(expected, resumed);
        CollectionAssert.AreEqual(new[] { "epoch", "1", "2", "3", "4" }, File.ReadAllLines(Path.Combine(scenes.Run + "2", "log.csv")).Select(line => line.Split(',')[0]).ToArray());
    }

    [TestMethod]
    public void Fit_CancelledInTheMiddleOfAnEpoch_GivesTheBestSoFar()
    {
        using var scenes = new TinyScenes(6);
        var context = new MLContext(1);
        using var stop = new CancellationTokenSource();
        var options = _quick with
        {
            Epochs = 50,
            Run = new TrainingRun(scenes.Run),
            ValidationSet = scenes.Paths(context),
            Progress = new TinyRun.Told(report => stop.CancelWhen(report is { Phase: TrainingPhase.Step, Epoch: 2, Step: 1 })),
            CancellationToken = stop.Token,
        };

        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));

        Assert.AreEqual(1, Checkpoint.ReadInfo(Path.Combine(scenes.Run, "best.safetensors")).Epoch);
        Assert.IsTrue(File.Exists(Path.Combine(scenes.Run, "model.onnx")));
        Assert.AreEqual(3, model.Model.Labels.ClassCount);
    }

    [TestMethod]
    [Timeout(120_000)] // it used to wait for ever
    public void Fit_CancelledBetweenTheLastStepAndAValidationReadAnew_Stops()
    {
        using var scenes = new TinyScenes(4);
        using var stop = new CancellationTokenSource();
        var options = _quick with
        {
            Execution = _quick.Execution with { CacheMegabytes = 0 },
            ValidationSet = scenes.Paths(new MLContext(1)),
            Progress = new TinyRun.Told(report => stop.CancelWhen(report is { Phase: TrainingPhase.Step, Epoch: 1, Step: 2 })),
            CancellationToken = stop.Token,
        };

        using var model = Fit(scenes, options);

        Assert.AreEqual(3, model.Model.Labels.ClassCount); // of the epoch that was complete
    }

    [TestMethod]
    public void Fit_CancelledBeforeAnEpochIsComplete_Throws()
    {
        using var scenes = new TinyScenes(4);
        using var stop = new CancellationTokenSource();
        var options = _quick with { Progress = new TinyRun.Told(_ => stop.Cancel()), CancellationToken = stop.Token };

        Assert.ThrowsExactly<OperationCanceledException>(() => Fit(scenes, options));
    }

    [TestMethod]
    public void Fit_CancelledThroughTheContext_Stops()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(context, null); // internal in 6.0.0

        Assert.Throws<OperationCanceledException>(() => context.SemanticSegmentation.Trainers.SemanticFlow(_quick with { Epochs = 10_000 }).Fit(scenes.Rows(context)));
    }

    [TestMethod]
    public void Fit_ReportsToProgressAndLog()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var lines = new List<string>();
        context.Log += (_, line) => lines.Add(line.Message);
        var reports = new Reports();

        using var model = context.Transforms.SemanticFlow(_quick with { ValidationSet = scenes.Paths(context), Progress = reports }).Fit(scenes.Rows(context));

        Assert.HasCount(2 * 2, reports.Steps); // two epochs of two steps
        Assert.HasCount(2 * 4, reports.Validated);
        Assert.HasCount(2, reports.Epochs);
        Assert.IsTrue(reports.Epochs.All(report => report.MeanIoU is >= 0 and <= 1 && report.PerClassIoU!.Count == 3)); // validated each epoch
        Assert.AreEqual(TimeSpan.Zero, reports.Epochs[^1].Remaining);
        Assert.StartsWith("epoch 2/2: loss ", reports.Epochs[^1].ToString());
        Assert.AreEqual("epoch 1/2: step 1 of 2", reports.Steps[0].ToString());
        Assert.AreEqual("epoch 1/2: validation image 1 of 4", reports.Validated[0].ToString());
        Assert.HasCount(2, lines.Where(line => line.Contains("epoch ", StringComparison.Ordinal) && line.Contains("mIoU", StringComparison.Ordinal)).ToArray());
    }

    [TestMethod]
    public void Fit_LargerThanTheCache_ReadsAnewEachEpoch()
    {
        using var scenes = new TinyScenes(5);

        string first = Train(scenes, _quick with { Run = new TrainingRun(scenes.Run + "1"), Execution = _quick.Execution with { CacheMegabytes = 0 } });
        string second = Train(scenes, _quick with { Run = new TrainingRun(scenes.Run + "2"), Execution = _quick.Execution with { CacheMegabytes = 0, LoaderThreads = 3 } });

        Assert.AreEqual(first, second);
    }

    [TestMethod]
    public void Fit_FewerImagesThanABatch_FillsOneWithThem()
    {
        using var scenes = new TinyScenes(1);
        var reports = new Reports();

        using var model = Fit(scenes, _quick with { Progress = reports, AllowEmptyClasses = true });

        Assert.HasCount(2, reports.Steps);
    }

    public static IEnumerable<object[]> Losses =>
    [
        [new ImageWeightedCrossEntropyLoss()],
        [new BoundaryRelaxedCrossEntropyLoss { RelaxedEpochs = 20 }],
        [new FocalLoss()],
        [new DiceLoss()],
        [new LovaszSoftmaxLoss()],
    ];

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void Fit_EachLoss_Falls(object loss)
    {
        using var scenes = new TinyScenes(2);
        var reports = new Reports();

        using var model = Fit(scenes, _quick with { Loss = (SegmentationLoss)loss, Epochs = 12, Progress = reports });

        Assert.IsLessThan(reports.Epochs[0].Loss, reports.Epochs[^1].Loss);
    }

    [TestMethod]
    public void Fit_AddedLoss_IsTheSumOfBoth()
    {
        using var scenes = new TinyScenes(2);
        double First(SemanticFlowTrainerOptions options)
        {
            var reports = new Reports();
            using var model = Fit(scenes, options with { Epochs = 1, Progress = reports });
            return reports.Steps[0].Loss;
        }

        double both = First(_quick with { AddedLoss = new AddedLoss(new DiceLoss()) { Weight = 0.5 } });

        Assert.AreEqual(First(_quick) + 0.5 * First(_quick with { Loss = new DiceLoss() }), both, 1e-5);      // float32, the same first step
    }

    [TestMethod]
    public void Fit_UnknownStrictClass_NamesItAndTheKnownOnes()
    {
        using var scenes = new TinyScenes(2);

        var thrown = Assert.ThrowsExactly<ArgumentException>(() => Fit(scenes, _quick with { Loss = new BoundaryRelaxedCrossEntropyLoss { StrictClasses = ["disk", "disc"] } }));

        StringAssert.Contains(thrown.Message, "'disc'; label map 'tiny' has ground, disk, box", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_MaskOfAnotherSize_NamesTheImageAndBothSizes()
    {
        using var scenes = new TinyScenes(3);
        scenes.Draw(1, 64, 64, maskHeight: 32);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => Fit(scenes, _quick));

        StringAssert.Contains(thrown.Message, "64 x 64 pixels and a mask of 32 x 64", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "001.png", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_ColumnMissing_NamesIt()
    {
        using var scenes = new TinyScenes(2);

        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(scenes, _quick with { ImageColumnName = "Picture" }));

        StringAssert.Contains(thrown.Message, "'Picture'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_FolderHoldsARun_DoesNotOverwriteIt()
    {
        using var scenes = new TinyScenes(2);
        var options = _quick with { Epochs = 1, Run = new TrainingRun(scenes.Run) };
        Train(scenes, options);

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(scenes, options));

        StringAssert.Contains(thrown.Message, "Set Resume", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_ResumedWithOtherOptions_NamesThem()
    {
        using var scenes = new TinyScenes(2);
        Train(scenes, _quick with { Epochs = 1, Run = new TrainingRun(scenes.Run) });

        var thrown = Assert.ThrowsExactly<InvalidOperationException>(
            () => Fit(scenes, _quick with { Run = new TrainingRun(scenes.Run) { Resume = true }, Optimizer = _quick.Optimizer with { LearningRate = 0.5 }, Seed = 9 }));

        StringAssert.Contains(thrown.Message, "LearningRate 0.02, not 0.5", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "Seed 1, not 9", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_ResumedFromATruncatedCheckpoint_SaysSo()
    {
        using var scenes = new TinyScenes(2);
        Train(scenes, _quick with { Epochs = 1, Run = new TrainingRun(scenes.Run) });
        using (var file = new FileStream(Path.Combine(scenes.Run, "last.safetensors"), FileMode.Open))
            file.SetLength(file.Length - 1);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => Fit(scenes, _quick with { Run = new TrainingRun(scenes.Run) { Resume = true } }));

        StringAssert.Contains(thrown.Message, "last.safetensors", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "not a whole safetensors file", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Fit_AtTheEndOfAPipeline_GivesAModelFromPathsToMasks()
    {
        using var scenes = new TinyScenes(2);
        var context = new MLContext(1);
        var paths = scenes.Paths(context);
        var pipeline = TinyScenes.Loading(context).Append(context.SemanticSegmentation.Trainers.SemanticFlow(_quick with { Epochs = 1 }));

        using var model = pipeline.Fit(paths);

        var column = model.Transform(paths).Schema["PredictedLabel"];
        Assert.AreEqual(typeof(SegmentationMask), column.Type.RawType);
    }

    [TestMethod]
    public void ExportOnnx_OfARunFolder_GivesTheFileThatFitExported()
    {
        using var scenes = new TinyScenes(2);
        Train(scenes, _quick with { Network = SegmentationNetworks.SFNetDF1, Epochs = 1, Run = new TrainingRun(scenes.Run) });
        string output = Path.Combine(scenes.Run, "again.onnx");

        new MLContext(1).SemanticSegmentation.ExportOnnx(scenes.Run, output, new OnnxExportOptions());

        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(scenes.Run, "model.onnx")), File.ReadAllBytes(output));
    }

    [TestMethod]
    public void ExportOnnx_FolderWithoutARun_SaysWhatToName()
    {
        using var scenes = new TinyScenes(1);
        var catalog = new MLContext(1).SemanticSegmentation;

        var missing = Assert.ThrowsExactly<DirectoryNotFoundException>(() => catalog.ExportOnnx(scenes.Run, "x.onnx", new OnnxExportOptions()));
        var empty = Assert.ThrowsExactly<FileNotFoundException>(() => catalog.ExportOnnx(scenes.Images, "x.onnx", new OnnxExportOptions()));

        StringAssert.Contains(missing.Message, "Name the folder of a training run", StringComparison.Ordinal);
        StringAssert.Contains(empty.Message, "holds no checkpoint", StringComparison.Ordinal);
    }

    private static SemanticFlowTransformer Fit(TinyScenes scenes, SemanticFlowTrainerOptions options)
    {
        var context = new MLContext(1);
        return context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));
    }

    // The hash of the last checkpoint: weights, momentum and position.
    private static string Train(TinyScenes scenes, SemanticFlowTrainerOptions options)
    {
        using var model = Fit(scenes, options);
        return TinyRun.Hash(options.Run!.Directory, "last.safetensors"); // callers set it
    }

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Steps { get; } = [];

        public List<TrainingProgress> Validated { get; } = [];

        public List<TrainingProgress> Epochs { get; } = [];

        public void Report(TrainingProgress value) =>
            (value.Phase switch { TrainingPhase.Step => Steps, TrainingPhase.Validation => Validated, _ => Epochs }).Add(value);
    }
}

internal static class CancellationExtensions
{
    public static void CancelWhen(this CancellationTokenSource source, bool condition)
    {
        if (condition)
            source.Cancel();
    }
}
