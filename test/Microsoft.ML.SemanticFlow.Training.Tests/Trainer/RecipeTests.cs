// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class RecipeTests
{
    [TestMethod]
    public void Fit_WithAverage_KeepsAndExportsTheAverage()
    {
        using var scenes = new TinyScenes(2);
        TinyRun.Fit(scenes, TinyRun.Options with { Network = SegmentationNetworks.SFNetDF1, WeightAverageDecay = 0.9, Epochs = 1, Run = new TrainingRun(scenes.Run) });
        string exported = Path.Combine(scenes.Run, "again.onnx");

        new MLContext(1).SemanticSegmentation.ExportOnnx(scenes.Run, exported, new OnnxExportOptions());

        using var network = SegmentationNetworks.SFNetDF1.Create(TinyScenes.Labels.ClassCount);
        string last = Path.Combine(scenes.Run, "last.safetensors");
        Checkpoint.LoadWeights(last, network);
        using var file = SafeTensors.Open(last);
        const string Weight = "head.conv_last.1.weight";
        using var own = file.Read(Weight);
        using var average = file.Read($"average.{Weight}");
        Assert.IsFalse(own.Equals(average));
        Assert.IsTrue(network.state_dict()[Weight].Equals(average));
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(scenes.Run, "model.onnx")), File.ReadAllBytes(exported));
    }

    [TestMethod]
    public void Fit_NoBetterForLong_StopsEarlyAndKeepsTheBest()
    {
        using var scenes = new TinyScenes(2);
        int epochs = 0;
        var options = TinyRun.Options with
        {
            Epochs = 50,
            Optimizer = TinyRun.Options.Optimizer with { LearningRate = 1e-12 },
            FreezeBatchNorm = true,
            EarlyStoppingPatience = 2,
            ValidationSet = scenes.Paths(new MLContext(1)),
            Run = new TrainingRun(scenes.Run),
            Progress = new TinyRun.Told(report => epochs = Math.Max(epochs, report.Epoch)),
        };

        TinyRun.Fit(scenes, options);

        Assert.AreEqual(1 + 2, epochs);
        Assert.AreEqual(1, Checkpoint.ReadInfo(Path.Combine(scenes.Run, "best.safetensors")).Epoch);
    }

    [TestMethod]
    public void Trainer_PatienceWithoutValidation_SaysWhatToSet()
    {
        var thrown = Assert.ThrowsExactly<ArgumentException>(() => new MLContext(1).SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options with { EarlyStoppingPatience = 3 }));

        StringAssert.Contains(thrown.Message, "there is no ValidationSet", StringComparison.Ordinal);
    }
}
