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

    // 540 rows are aimed at, in quarters, from a quarter to one and a half.
    [TestMethod]
    [DataRow(360, 480, 1.5, 320)]
    [DataRow(720, 960, 0.75, 320)]
    [DataRow(1024, 2048, 0.5, 320)]
    [DataRow(4000, 6000, 0.25, 320)]
    [DataRow(128, 160, 1.5, 192)]       // 128 x 1.5
    [DataRow(30, 300, 1.5, 64)]
    public void Sizes_OfImages_GiveTheScaleAndACropInside(int height, int width, double scale, int crop)
    {
        var options = AutoRecipe.Sizes(Survey(100, height, width, 0.5, 0.5), _plain);

        Assert.AreEqual((scale, crop, crop), (options.InferenceScale, options.CropHeight, options.CropWidth));
        Assert.AreEqual((scale / 2, scale * 4 / 3), (options.Augmentation.ScaleMin, options.Augmentation.ScaleMax));
        StringAssert.Contains(options.Reasons.Single(), $"{height} x {width}");
    }

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

        var chosen = AutoRecipe.Schedule(survey, new StepCost(Seconds: 1.8, Bytes: 0), options);

        // 1000 steps, 50 an epoch. Validating 80 images costs the forward parts, a third, of 10 steps: 3.3 of the 4 that an epoch may give.
        Assert.AreEqual(1, chosen.ValidationInterval);
        Assert.AreEqual(0.99, chosen.WeightAverageDecay);
        StringAssert.Contains(chosen.Reasons.Single(), "about 20 epochs of 50 steps");
        Assert.AreEqual(2, AutoRecipe.Schedule(survey, new StepCost(1.8, 0), options with { InferenceScale = 1.5 }).ValidationInterval); // 7.5 of those 4
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

        Assert.AreEqual(1.5, model.LastTransformer.Model.Inference.Scales.Single());
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
