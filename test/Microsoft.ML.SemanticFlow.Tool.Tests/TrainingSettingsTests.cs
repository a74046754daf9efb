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
        Assert.AreEqual(defaults, options with { DeepSupervisionWeights = defaults.DeepSupervisionWeights, StrictBoundaryClasses = defaults.StrictBoundaryClasses }); // lists are equal by reference only
    }

    [TestMethod]
    public void Read_OptionsOfTheLoss_SetTheirProperties()
    {
        var options = Read(
            "--loss", "relaxed", "--add-loss", "lovasz", "--add-loss-weight", "0.5", "--image-weight-bound", "2", "--weigh-over-batch", "--boundary-window", "3",
            "--relaxed-epochs", "40", "--strict-classes", "pole, \"sky, \"\"clear\"\"\", traffic sign", "--focal-gamma", "1.5", "--auxiliary-weights", "0.4,0", "--ohem-min-kept", "10000", "--ohem-threshold", "0.6");

        Assert.AreEqual(SegmentationLossKind.BoundaryRelaxedCrossEntropy, options.Loss);
        Assert.AreEqual(SegmentationLossKind.LovaszSoftmax, options.AddedLoss);
        Assert.AreEqual(0.5, options.AddedLossWeight);
        Assert.AreEqual(2.0, options.ImageWeightBound);
        Assert.IsTrue(options.WeighOverBatch);
        Assert.AreEqual(3, options.BoundaryWindow);
        Assert.AreEqual(40, options.BoundaryRelaxedEpochs);
        CollectionAssert.AreEqual(new[] { "pole", "sky, \"clear\"", "traffic sign" }, options.StrictBoundaryClasses.ToArray());
        Assert.AreEqual(1.5, options.FocalGamma);
        CollectionAssert.AreEqual(new[] { 0.4, 0 }, options.DeepSupervisionWeights.ToArray());
        Assert.AreEqual(10_000, options.OhemMinKept);
        Assert.AreEqual(0.6, options.OhemThreshold);
    }

    [TestMethod]
    public void Read_OptionsOfTheRecipe_SetTheirProperties()
    {
        var options = Read(
            "--schedule", "poly-restart", "--schedule-interval", "epoch", "--restart-epoch", "90", "--restart-factor", "0.5", "--restart-power", "2",
            "--optimizer", "adamw", "--adam-beta1", "0.8", "--adam-beta2", "0.95", "--accumulate", "4", "--max-gradient-norm", "10", "--backbone-lr-factor", "0.1",
            "--freeze-batch-norm", "--average-decay", "0.999", "--patience", "7");

        Assert.AreEqual(LearningRateSchedule.PolyWithRestart, options.Schedule);
        Assert.AreEqual(ScheduleInterval.Epoch, options.ScheduleInterval);
        Assert.AreEqual(90, options.RestartEpoch);
        Assert.AreEqual(0.5, options.RestartFactor);
        Assert.AreEqual(2.0, options.RestartPower);
        Assert.AreEqual(OptimizerKind.AdamW, options.Optimizer);
        Assert.AreEqual(0.8, options.AdamBeta1);
        Assert.AreEqual(0.95, options.AdamBeta2);
        Assert.AreEqual(4, options.AccumulationSteps);
        Assert.AreEqual(10.0, options.MaxGradientNorm);
        Assert.AreEqual(0.1, options.BackboneLearningRateFactor);
        Assert.IsTrue(options.FreezeBatchNorm);
        Assert.AreEqual(0.999, options.WeightAverageDecay);
        Assert.AreEqual(7, options.EarlyStoppingPatience);
    }

    [TestMethod]
    public void Read_OptionsOfSampling_SetTheirProperties()
    {
        var options = Read("--class-uniform", "0.5", "--class-uniform-tile", "360", "--shorter-side", "720");

        Assert.AreEqual(0.5, options.ClassUniformFraction);
        Assert.AreEqual(360, options.ClassUniformTile);
        Assert.AreEqual(720, options.ShorterSide);
    }

    [TestMethod]
    public void Read_OptionsOfRecords_SetTheirProperties()
    {
        var options = Read("--resume", "--allow-other-data", "--tensorboard", "--tensorboard-interval", "25");

        Assert.IsTrue(options is { Resume: true, AllowOtherData: true, TensorBoard: true, TensorBoardInterval: 25 });
    }

    private static SemanticFlowTrainerOptions Read(params string[] args)
    {
        var settings = new TrainingSettings();
        var command = new System.CommandLine.Command("train");
        settings.AddTo(command);
        var parsed = command.Parse(args);
        Assert.IsEmpty(parsed.Errors);
        return settings.Read(parsed);
    }
}
