// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>Networks that see images at another size than theirs.</summary>
[TestClass]
[DoNotParallelize]
public sealed class InferenceScaleTests
{
    [TestMethod]
    [DataRow(1.5)]
    [DataRow(0.75)]
    public void Fit_AtAScale_ValidatesAsTheModelScores(double scale)
    {
        using var scenes = new TinyScenes(6);
        var context = new MLContext(1);
        double? validated = null;
        var options = TinyRun.Options with
        {
            Epochs = 12,
            InferenceScale = scale,
            ValidationSet = scenes.Paths(context),
            ValidationInterval = 12,
            Run = new TrainingRun(scenes.Run),
            Progress = new TinyRun.Told(report => validated = report.MeanIoU ?? validated),
        };

        using var model = context.SemanticSegmentation.Trainers.SemanticFlow(options).Fit(scenes.Rows(context));
        var scored = context.SemanticSegmentation.Evaluate(model.Transform(scenes.Rows(context)));

        CollectionAssert.AreEqual(new[] { scale }, model.Model.Inference.Scales.ToArray());
        Assert.AreEqual(model.Model.Inference, model.Inference);
        Assert.AreEqual(scored.MeanIoU, validated!.Value, 0.002); // scores at the border of two classes differ in their last digits
        Assert.AreEqual(scale, Checkpoint.ReadInfo(Path.Combine(scenes.Run, "best.safetensors")).InferenceScale);
        CollectionAssert.AreEqual(Confidence(model.Model.Inference), Confidence(null));
        CollectionAssert.AreNotEqual(Confidence(new InferenceOptions()), Confidence(null));

        using var exported = SegmentationModel.Load(Path.Combine(scenes.Run, "model.onnx"));
        Assert.AreEqual(model.Model.Inference, exported.Inference);

        float[] Confidence(InferenceOptions? inference) =>
            model.Model.PredictDetailed(Path.Combine(scenes.Images, "000.png"), PredictionDetails.Confidence, inference).Confidence.ToArray();
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(4.5)]
    [DataRow(double.NaN)]
    public void InferenceScale_OutOfRange_IsRefused(double scale) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SemanticFlowTrainerOptions { InferenceScale = scale });
}
