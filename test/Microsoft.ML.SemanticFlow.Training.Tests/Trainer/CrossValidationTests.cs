// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class CrossValidationTests
{
    [TestMethod]
    public void CrossValidate_Trainer_GivesAModelForEachFoldAndCountsEachPixelOnce()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var pipeline = TinyScenes.Loading(context).Append(context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options with { Epochs = 1 }));

        using var folds = context.SemanticSegmentation.CrossValidate(scenes.Paths(context), pipeline, numberOfFolds: 2);

        Assert.HasCount(2, folds);
        Assert.AreEqual(4 * 64 * 64, folds.Metrics.ConfusionMatrix.GetCounts().Sum(row => row.Sum()));
        CollectionAssert.AreEqual(new[] { "ground", "disk", "box" }, folds.Metrics.ConfusionMatrix.Labels.Classes.Select(label => label.Name).ToArray());
        foreach (var fold in folds)
            Assert.AreEqual(fold.Metrics.PixelAccuracy, context.SemanticSegmentation.Evaluate(fold.Model.Transform(fold.Data.TestSet)).PixelAccuracy);
    }

    [TestMethod]
    public void Fit_PartsOfASplit_TrainsOnTheOneAndValidatesOnTheOther()
    {
        using var scenes = new TinyScenes(6);
        var context = new MLContext(1);
        var (train, test) = context.SemanticSegmentation.TrainTestSplit(scenes.Rows(context), testFraction: 0.34);
        var counts = new List<(TrainingPhase Phase, int? Of)>();
        var options = TinyRun.Options with { Epochs = 1, ValidationSet = test, Progress = new TinyRun.Told(report => counts.Add((report.Phase, report.StepsPerEpoch))) };

        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(train);

        Assert.Contains((TrainingPhase.Step, 2), counts); // four rows, two crops a step
        Assert.Contains((TrainingPhase.Validation, 2), counts); // 0.34 of six rows
    }
}
