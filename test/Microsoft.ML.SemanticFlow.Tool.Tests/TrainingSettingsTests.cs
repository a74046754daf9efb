// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Tool.Commands;

namespace Microsoft.ML.SemanticFlow.Tool.Tests;

[TestClass]
public sealed class TrainingSettingsTests
{
    [TestMethod]
    public void Read_NothingGiven_IsTheDefaults()
    {
        var defaults = new SemanticFlowTrainerOptions();

        var options = Read();

        CollectionAssert.AreEqual(defaults.DeepSupervisionWeights.ToArray(), options.DeepSupervisionWeights.ToArray());
        Assert.AreEqual(new TrainingRun("run"), options.Run);
        Assert.AreEqual(defaults, options with { DeepSupervisionWeights = defaults.DeepSupervisionWeights, Run = null }); // lists are equal by reference only
    }

    [TestMethod]
    public void Read_OptionsOfTheLosses_SetTheNumbersOfThoseThatHaveThem()
    {
        var options = Read(
            "--loss", "relaxed", "--add-loss", "ohem", "--add-loss-weight", "0.5", "--image-weight-bound", "2", "--weigh-over-batch", "--boundary-window", "3",
            "--class-weights", "sqrt", "--relaxed-epochs", "40", "--strict-classes", "pole, \"sky, \"\"clear\"\"\", traffic sign", "--auxiliary-weights", "0.4,0",
            "--ohem-min-kept", "10000", "--ohem-threshold", "0.6");

        var loss = (BoundaryRelaxedCrossEntropyLoss)options.Loss;
        Assert.AreEqual((2.0, true, 3, 40), (loss.Bound, loss.OverBatch, loss.Window, loss.RelaxedEpochs));
        CollectionAssert.AreEqual(new[] { "pole", "sky, \"clear\"", "traffic sign" }, loss.StrictClasses.ToArray());
        var ohem = new OhemCrossEntropyLoss { MinKept = 10_000, Threshold = 0.6, ClassWeighting = ClassWeighting.SquareRootInverseLogFrequency };
        Assert.AreEqual(new AddedLoss(ohem) { Weight = 0.5 }, options.AddedLoss);
        CollectionAssert.AreEqual(new[] { 0.4, 0 }, options.DeepSupervisionWeights.ToArray());
    }

    [TestMethod]
    public void Read_OptionsOfTheRecipe_SetTheNumbersOfTheirChoices()
    {
        var options = Read(
            "--schedule", "poly-restart", "--schedule-interval", "epoch", "--restart-epoch", "90", "--restart-factor", "0.5", "--restart-power", "2", "--power", "0.8",
            "--warm-up", "7",
            "--optimizer", "adamw", "--adam-beta1", "0.8", "--adam-beta2", "0.95", "--accumulate", "4", "--max-gradient-norm", "10", "--backbone-lr-factor", "0.1",
            "--freeze-batch-norm", "--average-decay", "0.999", "--patience", "7");

        Assert.AreEqual(
            new PolyWithRestartSchedule(90) { Interval = ScheduleInterval.Epoch, RestartFactor = 0.5, RestartPower = 2, Power = 0.8, WarmUpSteps = 7 }, options.Schedule);
        Assert.AreEqual(new AdamW { Beta1 = 0.8, Beta2 = 0.95, AccumulationSteps = 4, MaxGradientNorm = 10, BackboneLearningRateFactor = 0.1 }, options.Optimizer);
        Assert.AreEqual(0.001, options.Optimizer.LearningRate);
        Assert.IsTrue(options.FreezeBatchNorm);
        Assert.AreEqual(0.999, options.WeightAverageDecay);
        Assert.AreEqual(7, options.EarlyStoppingPatience);
    }

    [TestMethod]
    public void Read_OptionsOfSampling_SetTheirProperties()
    {
        var options = Read("--class-uniform", "0.5", "--class-uniform-tile", "360", "--shorter-side", "720", "--scale", "0.75,1.5", "--blur");

        Assert.AreEqual(new ClassUniformSampling { Fraction = 0.5, Tile = 360 }, options.Sampling);
        Assert.AreEqual(new TrainingAugmentation { ShorterSide = 720, ScaleMin = 0.75, ScaleMax = 1.5, GaussianBlur = true }, options.Augmentation);
    }

    [TestMethod]
    public void Read_OptionsOfRecords_SetTheirProperties()
    {
        var options = Read("--resume", "--allow-other-data", "--tensorboard", "--tensorboard-interval", "25");

        Assert.AreEqual(new TrainingRun("run") { Resume = true, AllowOtherData = true, TensorBoard = true, TensorBoardInterval = 25 }, options.Run);
    }

    [TestMethod]
    [DataRow("--optimizer sgd", "--optimizer", "adam", "--momentum", "0.8")]
    [DataRow("--optimizer adam or adamw", "--adam-beta1", "0.8")]
    [DataRow("--schedule poly-restart", "--restart-epoch", "3")]
    [DataRow("--schedule poly or poly-restart", "--schedule", "cosine", "--power", "2")]
    [DataRow("--loss focal", "--focal-gamma", "1")]
    [DataRow("--loss ce, ohem or focal", "--loss", "dice", "--class-weights", "log")]
    [DataRow("--add-loss", "--add-loss-weight", "0.5")]
    [DataRow("--class-uniform", "--class-uniform-tile", "64")]
    public void Read_ANumberOfAnotherChoice_SaysWhatItGoesWith(string expected, params string[] args)
    {
        var thrown = Assert.ThrowsExactly<UsageException>(() => Read(args));

        Assert.Contains($"goes with {expected}", thrown.Message);
    }

    [TestMethod]
    public void Read_RestartWithoutItsEpoch_SaysSo() =>
        Assert.Contains("--restart-epoch: poly-restart needs the epoch", Assert.ThrowsExactly<UsageException>(() => Read("--schedule", "poly-restart")).Message);

    private static SemanticFlowTrainerOptions Read(params string[] args)
    {
        var settings = new TrainingSettings();
        var command = new System.CommandLine.Command("train");
        settings.AddTo(command);
        NumberOptions.ReadInvariant(command);
        var parsed = command.Parse(args);
        Assert.IsEmpty(parsed.Errors);
        return settings.Read(parsed, "run");
    }
}
