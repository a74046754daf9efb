// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Validation and boost sets given as paths.</summary>
[TestClass]
[DoNotParallelize]
public sealed class PathSetsTests
{
    // The label files of the scenes hold train ids: ground 0, disk 1, box 2. Read as raw ids, ground would be box.
    private static readonly LabelMap _shifted = LabelMap.Parse("shifted", "name,raw_id,train_id,r,g,b\nground,1,0,1,1,1\ndisk,2,1,2,2,2\nbox,0,2,3,3,3\n");

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Fit_TrainIdsAndPathsToValidate_ValidatesByTrainIds(bool pathsSaySo)
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var training = context.SemanticSegmentation.Data.Folder(scenes.Images, scenes.Masks, _shifted, MaskIds.Train);
        double? validated = null;
        var options = TinyRun.Options with
        {
            Epochs = 20,
            ValidationInterval = 20,
            ValidationSet = pathsSaySo ? training : scenes.Paths(context),
            Progress = new TinyRun.Told(report => validated = report.BestMeanIoU ?? validated),
        };
        var rows = context.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(training).Transform(training);

        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(rows);

        var plain = scenes.Paths(context);
        double Of(MaskIds ids) => context.SemanticSegmentation.Evaluate(
            model.Transform(context.Transforms.SemanticFlow().LoadImagesAndMasks(_shifted, ids: ids).Fit(plain).Transform(plain))).MeanIoU;
        Assert.AreEqual(Of(MaskIds.Train), validated!.Value, 0.01); // another runtime: rounding at class borders
        Assert.IsGreaterThan(0.1, Math.Abs(Of(MaskIds.Train) - Of(MaskIds.Raw)), "the ids tell nothing apart");
    }

    [TestMethod]
    public void Fit_PathsOfOtherClasses_AreRefused()
    {
        using var scenes = new TinyScenes(2);
        var context = new MLContext(1);
        var other = context.SemanticSegmentation.Data.Folder(scenes.Images, scenes.Masks, LabelMap.FromClassNames("other", "ground", "disk", "sphere"));

        var error = Assert.ThrowsExactly<ArgumentException>(() => TinyRun.Fit(scenes, TinyRun.Options with { ValidationSet = other }));

        Assert.StartsWith("The validation set has the classes of label map other (3 classes), the training set those of tiny (3 classes). Read both with one map", error.Message);
    }

    [TestMethod]
    public void Fit_ImagesBroughtToASizeAndPathsToValidate_AreRefused()
    {
        using var scenes = new TinyScenes(2, size: 96);
        var context = new MLContext(1);
        var transforms = context.Transforms.SemanticFlow();
        var pipeline = TinyScenes.Loading(context).Append(transforms.Resize(64, 64))
            .Append(context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options with { ValidationSet = scenes.Paths(context) }));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => pipeline.Fit(scenes.Paths(context)));

        Assert.Contains("has an image of 96 x 96 pixels, and those of the training set are brought to 64 x 64 (height x width)", error.Message);
        Assert.Contains("000.png", error.Message);
    }

    [TestMethod]
    public void Fit_ResumedWithOtherIds_IsRefused()
    {
        using var scenes = new TinyScenes(2);
        var context = new MLContext(1);
        void Fit(MaskIds ids, bool resume)
        {
            var paths = context.SemanticSegmentation.Data.Folder(scenes.Images, scenes.Masks, TinyScenes.Labels, ids);
            var pipeline = context.Transforms.SemanticFlow().LoadImagesAndMasks()
                .Append(context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options with { Epochs = 1, Run = new TrainingRun(scenes.Run) { Resume = resume } }));
            using var model = pipeline.Fit(paths);
        }

        Fit(MaskIds.Train, resume: false);
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(MaskIds.Raw, resume: true));
        Fit(MaskIds.Train, resume: true);

        Assert.Contains("The training set is not the one", error.Message);
        Assert.Contains("that had train ids in its label files, this has raw ids", error.Message);
        Assert.AreEqual(1, Checkpoint.ReadInfo(Path.Combine(scenes.Run, "last.safetensors")).Epoch);
    }

    [TestMethod]
    public void CrossValidate_PathsThatSayTheirIds_AreLoadedAsTheySay()
    {
        using var scenes = new TinyScenes(4);
        var context = new MLContext(1);
        var paths = context.SemanticSegmentation.Data.Folder(scenes.Images, scenes.Masks, _shifted, MaskIds.Train);
        var pipeline = context.Transforms.SemanticFlow().LoadImagesAndMasks().Append(context.SemanticSegmentation.Trainers.SemanticFlow(TinyRun.Options with { Epochs = 1 }));

        using var folds = context.SemanticSegmentation.CrossValidate(paths, pipeline, numberOfFolds: 2);

        // Most pixels of a scene are ground, train id 0.
        Assert.IsGreaterThan(4 * 64 * 64 / 2, folds.Metrics.ConfusionMatrix.GetActualCount(0));
        Assert.AreEqual("ground", folds.Metrics.ConfusionMatrix.Labels.Classes[0].Name);
    }
}
