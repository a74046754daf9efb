// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Runs that start from weights and not from noise.</summary>
[TestClass]
[DoNotParallelize]
public sealed class StartingWeightsTests : IDisposable
{
    // A step so small that weights stay what they were.
    private static readonly SemanticFlowTrainerOptions _still = new()
    {
        Network = SegmentationNetworks.SFNetDF1,
        Epochs = 1,
        BatchSize = 2,
        CropHeight = 64,
        CropWidth = 64,
        Optimizer = new Sgd { LearningRate = 1e-20 },
        Schedule = new PolySchedule { WarmUpSteps = 0 },
        Loss = new CrossEntropyLoss(),
        Execution = new() { Precision = TrainingPrecision.Float32, Threads = 1, LoaderThreads = 1 },
        Seed = 1,
    };

    private readonly TinyScenes _scenes = new(2);
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _scenes.Dispose();
    }

    [TestMethod]
    public void Fit_BackboneWeights_TrainsFromThem()
    {
        var file = BackboneWeightsTests.ImageNet(_still.Network);
        string path = WeightFile.Write(Path.Combine(_scenes.Images, "..", "df1_imagenet.safetensors"), file);

        var state = Train(_still with { BackboneWeights = path });

        AssertEqual(file["stage1.0.weight"], state["backbone.stage1.0.weight"]);
        AssertEqual(file["stage5.0.conv2.weight"], state["backbone.stage5.0.conv2.weight"]);
    }

    [TestMethod]
    public void Fit_InitialWeightsOfOtherClasses_TrainsFromAllButTheClassifier()
    {
        var file = WeightFile.StateOf(_still.Network, 19);
        string path = WeightFile.Write(Path.Combine(_scenes.Images, "..", "cityscapes.safetensors"), file.Renamed(name => "module." + name));

        var state = Train(_still with { InitialWeights = path });

        AssertEqual(file["head.ppm.bottleneck.0.weight"], state["head.ppm.bottleneck.0.weight"]);
        CollectionAssert.AreEqual(new long[] { 3, 64, 1, 1 }, state["head.conv_last.1.weight"].shape);
    }

    [TestMethod]
    public void Fit_InitialWeightsOfItsClassesInAnotherOrder_TrainsFromAllOfThem()
    {
        var file = WeightFile.StateOf(_still.Network, 3);
        string path = WeightFile.Write(Path.Combine(_scenes.Images, "..", "w.safetensors"), file, "box", "ground", "disk");

        var state = Train(_still with { InitialWeights = path });

        var classifier = file["head.conv_last.1.weight"];
        AssertEqual(cat([classifier[1..3], classifier[0..1]]), state["head.conv_last.1.weight"]); // ground, disk, box
    }

    [TestMethod]
    public void Fit_InitialWeightsBesideTheirAverage_TrainsFromThoseThatTheKeyNames()
    {
        Dictionary<string, Tensor> file = WeightFile.StateOf(_still.Network, 3), average = WeightFile.StateOf(_still.Network, 3, seed: 8);
        string path = WeightFile.Write(
            Path.Combine(_scenes.Images, "..", "both.safetensors"), average.Renamed(name => "ema.module." + name).Concat(file.Renamed(name => "model." + name)));

        var first = Train(_still with { InitialWeights = path });
        var second = Train(_still with { InitialWeights = path, CheckpointKey = "ema", Run = new TrainingRun(_scenes.Run + "2") });

        AssertEqual(file["head.ppm.bottleneck.0.weight"], first["head.ppm.bottleneck.0.weight"]);
        AssertEqual(average["head.ppm.bottleneck.0.weight"], second["head.ppm.bottleneck.0.weight"]);
    }

    [TestMethod]
    public void Fit_InitialWeightsFromARunFolder_TrainsFromItsCheckpoint()
    {
        var first = Train(_still with { Seed = 5 });

        var second = Train(_still with { InitialWeights = _scenes.Run, Run = new TrainingRun(_scenes.Run + "2") });

        AssertEqual(first["head.conv_last.1.weight"], second["head.conv_last.1.weight"]);
    }

    [TestMethod]
    public void Fit_Resumed_DoesNotReadTheFileAgain()
    {
        string path = WeightFile.Write(Path.Combine(_scenes.Images, "..", "df1_imagenet.safetensors"), BackboneWeightsTests.ImageNet(_still.Network));
        var first = Train(_still with { BackboneWeights = path });
        File.Delete(path);

        var second = Train(_still with { BackboneWeights = path, Epochs = 2, Run = new TrainingRun(_scenes.Run) { Resume = true } });

        AssertEqual(first["backbone.stage1.0.weight"], second["backbone.stage1.0.weight"]);
    }

    [TestMethod]
    public void Fit_NoSuchFile_NamesTheOption()
    {
        var thrown = Assert.ThrowsExactly<FileNotFoundException>(() => Train(_still with { BackboneWeights = "none.pth" }));

        StringAssert.Contains(thrown.Message, "'none.pth', which BackboneWeights names");
    }

    [TestMethod]
    public void Trainer_BothStarts_AreRefused() =>
        Assert.ThrowsExactly<ArgumentException>(() => new MLContext(1).SemanticSegmentation.Trainers.SemanticFlow(_still with { BackboneWeights = "a", InitialWeights = "b" }));

    // The weights of the last checkpoint.
    private Dictionary<string, Tensor> Train(SemanticFlowTrainerOptions options)
    {
        options = options with { Run = options.Run ?? new TrainingRun(_scenes.Run) };
        var context = new MLContext(1);
        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(_scenes.Rows(context));
        using var file = TensorFormats.Open(Path.Combine(options.Run.Directory, "last.safetensors"));
        return file.Tensors.Keys.ToDictionary(name => name, file.Read);
    }

    // Weight decay and gradient times 1e-20 vanish beside a float32.
    private static void AssertEqual(Tensor expected, Tensor actual) => Assert.IsTrue(expected.Equals(actual));
}
