// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Presets;
using Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Presets;

/// <summary>Recipes that choose themselves.</summary>
[TestClass]
[DoNotParallelize]
public sealed class AutoRecipeTests
{
    private static readonly SemanticFlowTrainerOptions _plain = new() { MaxTrainingTime = TimeSpan.FromMinutes(30) };

    // 720 rows are aimed at, in quarters, from a quarter to twice the size; an hour of microsecond pixels holds ten epochs of all of these.
    [TestMethod]
    [DataRow(360, 480, 2.0, 320)]
    [DataRow(720, 960, 1.0, 320)]
    [DataRow(1024, 2048, 0.75, 320)]
    [DataRow(4000, 6000, 0.25, 320)]
    [DataRow(128, 160, 2.0, 256)]       // 128 x 2
    [DataRow(30, 300, 2.0, 64)]
    public void Sizes_OfImages_GiveTheScaleAndACropInside(int height, int width, double scale, int crop)
    {
        var options = AutoRecipe.Sizes(Survey(100, height, width, 0.5, 0.5), new StepCost(1e-6, 0), _plain, memory: 1e9);

        Assert.AreEqual((scale, crop, crop), (options.InferenceScale, options.CropHeight, options.CropWidth));
        Assert.AreEqual((scale / 2, scale), (options.Augmentation.ScaleMin, options.Augmentation.ScaleMax));
        StringAssert.Contains(options.Reasons.Single(), $"{height} x {width}");
    }

    // Of 1000 images, 1800 s hold 17.6 epochs of crops of 320 at a microsecond a pixel, 8.8 at two: then 10.9 of 288. At ten, 4.9 of 192, the least.
    [TestMethod]
    [DataRow(1e-6, 320, 1.0)]
    [DataRow(2e-6, 288, 0.9)]
    [DataRow(1e-5, 192, 0.6)]
    public void Sizes_LittleTime_ShrinkCropAndScaleAlike(double seconds, int crop, double scale)
    {
        var options = AutoRecipe.Sizes(Survey(1000, 720, 960, 0.5, 0.5), new StepCost(seconds, 0), _plain, memory: 1e9);

        Assert.AreEqual((crop, scale), (options.CropHeight, options.InferenceScale));
    }

    // 1800 s hold 2197 steps of eight crops of 320 at a microsecond a pixel, and ten times as many at a tenth.
    [TestMethod]
    [DataRow(1e-6, 1e10, 4)]
    [DataRow(1e-7, 1e10, 8)]
    [DataRow(1e-7, 3e9, 4)]             // eight crops of 320 take 4 GB at 5000 bytes a pixel, four 2
    [DataRow(1e-7, 1e6, 2)]
    public void Sizes_StepsAndMemory_GiveTheBatch(double seconds, double memory, int batch) =>
        Assert.AreEqual(batch, AutoRecipe.Sizes(Survey(100, 720, 960, 0.5, 0.5), new StepCost(seconds, 5000), _plain, memory).BatchSize);

    [TestMethod]
    [DataRow(0.01, true)]
    [DataRow(0.2, false)]
    [DataRow(0.0, false)]       // a class that does not occur is not a rare one
    public void Losses_RareClass_AreWeighted(double share, bool isRare)
    {
        var options = AutoRecipe.Losses(Survey(100, 360, 480, 1 - share, share), _plain);

        Assert.AreEqual(isRare ? ClassWeighting.SquareRootInverseLogFrequency : ClassWeighting.None, ((CrossEntropyLoss)options.Loss).ClassWeighting);
        Assert.AreEqual(isRare, options.AddedLoss is not null);
    }

    [TestMethod]
    public void Schedule_OfATime_ValidatesForATwelfthOfIt()
    {
        var survey = Survey(400, 320, 320, 0.5, 0.5);
        var options = _plain with { BatchSize = 8, CropHeight = 320, CropWidth = 320, InferenceScale = 1 };

        var chosen = AutoRecipe.Schedule(survey, new StepCost(1.8 / (8 * 320 * 320), 0), options);

        // 1000 steps, 50 an epoch. Validating 80 images costs the forward parts, a third, of 10 steps: 3.3 of the 4 that an epoch may give.
        Assert.AreEqual(1, chosen.ValidationInterval);
        Assert.AreEqual(0.99, chosen.WeightAverageDecay);
        StringAssert.Contains(chosen.Reasons.Single(), "about 20 epochs of 50 steps");
        Assert.AreEqual(2, AutoRecipe.Schedule(survey, new StepCost(1.8 / (8 * 320 * 320), 0), options with { InferenceScale = 1.5 }).ValidationInterval); // 7.5 of those 4
    }

    // 800 images instead of 80: 33 steps' worth, and an epoch may give 4.
    [TestMethod]
    public void Schedule_LargeValidationSet_ValidatesSeldom()
    {
        var survey = Survey(400, 320, 320, 0.5, 0.5) with { Validated = 800 };
        var options = _plain with { BatchSize = 8, CropHeight = 320, CropWidth = 320 };

        Assert.AreEqual(9, AutoRecipe.Schedule(survey, new StepCost(1.8 / (8 * 320 * 320), 0), options).ValidationInterval);
    }

    [TestMethod]
    public void Weights_NetworkThatNoPackageHasWeightsFor_StartsFromRandomOnes()
    {
        var options = AutoRecipe.Weights(_plain, SegmentationNetworks.SFNetDF1);

        Assert.AreEqual((SegmentationNetworks.SFNetDF1, null), (options.Network, options.BackboneWeights));
        Assert.AreEqual("imagenet", AutoRecipe.Weights(_plain, wanted: null).BackboneWeights); // the tests bring the package
    }

    [TestMethod]
    public void Auto_PathsOfADataset_GivesOptionsThatTrain()
    {
        using var scenes = new TinyScenes(6);
        var context = new MLContext(1);
        var split = context.SemanticSegmentation.HoldOut(scenes.Paths(context), 0.3);

        var options = SemanticFlowTrainerOptions.Auto(split.TrainSet, TimeSpan.FromSeconds(2), _plain with { Labels = TinyScenes.Labels }, TinyNetwork.Info);
        using var model = context.Transforms.SemanticFlow().LoadImagesAndMasks(TinyScenes.Labels)
            .Append(context.SemanticSegmentation.Trainers.SemanticFlow(options with { ValidationSet = split.TestSet, Seed = 1 }))
            .Fit(split.TrainSet);

        Assert.AreEqual(options.InferenceScale, model.LastTransformer.Model.Inference.Scales.Single());
        Assert.HasCount(4, options.Reasons);
    }

    [TestMethod]
    public void Auto_ViewWithoutMasks_SaysWhatToReadItWith()
    {
        var context = new MLContext(1);
        var data = context.Data.LoadFromEnumerable([new { Image = "a.png" }]);

        var thrown = Assert.ThrowsExactly<ArgumentException>(() => SemanticFlowTrainerOptions.Auto(data, TimeSpan.FromMinutes(1)));

        StringAssert.Contains(thrown.Message, "'Label' nor 'LabelPath'");
    }

    private static DataSurvey Survey(int images, int height, int width, params double[] shares) =>
        new(images, height, width, LabelMap.FromClassNames("two", "ground", "rare"), shares);
}
