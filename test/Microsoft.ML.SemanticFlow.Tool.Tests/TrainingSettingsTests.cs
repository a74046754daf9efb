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
            "--relaxed-epochs", "40", "--strict-classes", "pole, traffic sign", "--focal-gamma", "1.5", "--auxiliary-weights", "0.4,0", "--ohem-min-kept", "10000", "--ohem-threshold", "0.6");

        Assert.AreEqual(SegmentationLossKind.BoundaryRelaxedCrossEntropy, options.Loss);
        Assert.AreEqual(SegmentationLossKind.LovaszSoftmax, options.AddedLoss);
        Assert.AreEqual(0.5, options.AddedLossWeight);
        Assert.AreEqual(2.0, options.ImageWeightBound);
        Assert.IsTrue(options.WeighOverBatch);
        Assert.AreEqual(3, options.BoundaryWindow);
        Assert.AreEqual(40, options.BoundaryRelaxedEpochs);
        CollectionAssert.AreEqual(new[] { "pole", "traffic sign" }, options.StrictBoundaryClasses.ToArray());
        Assert.AreEqual(1.5, options.FocalGamma);
        CollectionAssert.AreEqual(new[] { 0.4, 0 }, options.DeepSupervisionWeights.ToArray());
        Assert.AreEqual(10_000, options.OhemMinKept);
        Assert.AreEqual(0.6, options.OhemThreshold);
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
