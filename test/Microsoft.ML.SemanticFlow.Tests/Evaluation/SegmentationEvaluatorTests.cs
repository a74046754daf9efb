// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class SegmentationEvaluatorTests
{
    private static readonly LabelMap _labels = LabelMap.FromClassNames("pair", "left", "right");

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Evaluate_ScoredFolder_NamesTheClassesOfTheModel()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 3; i++)
        {
            var mask = BrightestChannelModel.SaveImage(folder.Prepare("images", $"{i}.png"), height: 32, width: 40, seed: i);
            mask.Save(folder.Prepare("labels", $"{i}.png"));
        }

        string model = BrightestChannelModel.Save(folder["model.onnx"]);
        var data = _ml.SemanticSegmentation.Data.Folder(folder["images"], folder["labels"]);
        var pipeline = _ml.Transforms.SemanticFlow().LoadImagesAndMasks(BrightestChannelModel.Labels).Append(_ml.Transforms.SemanticFlow(model));

        var metrics = _ml.SemanticSegmentation.Evaluate(pipeline.Fit(data).Transform(data));

        Assert.AreEqual(1, metrics.MeanIoU);
        Assert.AreEqual(3 * 32 * 40, metrics.ConfusionMatrix.GetCounts().Sum(row => row.Sum()));
        CollectionAssert.AreEqual(new[] { "blue", "green", "red" }, metrics.ConfusionMatrix.Labels.Classes.Select(label => label.Name).ToArray());
    }

    [TestMethod]
    public void Evaluate_MasksOfTheCallersList_TakesTheirLabelMap()
    {
        var data = Rows(new Pair { Label = Mask([0, 1]), PredictedLabel = Mask([0, 0]) }, new Pair { Label = Mask([1, 1]), PredictedLabel = Mask([1, 1]) });

        var metrics = _ml.SemanticSegmentation.Evaluate(data);

        Assert.AreEqual(3.0 / 4, metrics.PixelAccuracy);
        Assert.AreEqual((1.0 / 2 + 2.0 / 3) / 2, metrics.MeanIoU, 1e-15);
    }

    [TestMethod]
    public void Evaluate_SizesDiffer_NamesTheRow()
    {
        var data = Rows(new Pair { Label = Mask([0, 1]), PredictedLabel = Mask([0, 0]) }, new Pair { Label = Mask([0, 1]), PredictedLabel = Mask([0, 0, 0]) });

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.Evaluate(data));

        Assert.AreEqual("The predicted mask of 'row 1' is 1 x 3 pixels (height x width), its label 1 x 2. They must be of one size: resize one to the other.", error.Message);
    }

    [TestMethod]
    public void Evaluate_MaskMissing_NamesTheRowAndColumn()
    {
        var data = Rows(new Pair { Label = null, PredictedLabel = Mask([0]) });

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.Evaluate(data));

        Assert.AreEqual("Row 0 has no mask in column 'Label'. Leave the row out.", error.Message);
    }

    [TestMethod]
    public void Evaluate_DifferentClasses_SaysWhich()
    {
        var other = LabelMap.FromClassNames("other", "left", "centre");
        var data = Rows(new Pair { Label = Mask([0]), PredictedLabel = Mask([0]).WithLabels(other) });

        var error = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.Evaluate(data));

        StringAssert.StartsWith(error.Message, "Column 'Label' calls class 1 'right', column 'PredictedLabel' calls it 'centre'.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Evaluate_LaterRowOfOtherClasses_NamesTheRow()
    {
        var other = LabelMap.FromClassNames("other", "right", "left");
        var data = Rows(new Pair { Label = Mask([0]), PredictedLabel = Mask([0]) }, new Pair { Label = Mask([0]), PredictedLabel = Mask([0]).WithLabels(other) });

        var error = Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.Evaluate(data));

        StringAssert.StartsWith(error.Message, "The predicted mask of 'row 1' and the evaluation have the same classes in another order", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Evaluate_LabelMapGiven_CountsById()
    {
        var other = LabelMap.FromClassNames("other", "links", "rechts");
        var data = Rows(new Pair { Label = Mask([0, 1]), PredictedLabel = Mask([0, 0]).WithLabels(other) });

        Assert.AreEqual(0.5, _ml.SemanticSegmentation.Evaluate(data, labels: _labels).PixelAccuracy);
    }

    [TestMethod]
    public void Evaluate_NoLabelMap_AsksForOne()
    {
        var data = Rows(new Pair { Label = Mask([0]).WithLabels(null), PredictedLabel = Mask([0]).WithLabels(null) });

        var error = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.Evaluate(data));

        StringAssert.StartsWith(error.Message, "Neither column 'Label' nor 'PredictedLabel' says which classes there are. Pass the label map.", StringComparison.Ordinal);
        Assert.AreEqual(1, _ml.SemanticSegmentation.Evaluate(data, labels: _labels).PixelAccuracy);
    }

    [TestMethod]
    public void Evaluate_NoRows_SaysSo()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.Evaluate(Rows()));

        StringAssert.StartsWith(error.Message, "There are no rows to evaluate.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Evaluate_Cancelled_Throws()
    {
        var data = Rows(new Pair { Label = Mask([0]), PredictedLabel = Mask([0]) });

        Assert.ThrowsExactly<OperationCanceledException>(() => _ml.SemanticSegmentation.Evaluate(data, cancellationToken: new CancellationToken(canceled: true)));
    }

    [TestMethod]
    [DataRow("Truth", "PredictedLabel", "Could not find label column 'Truth'. Add the step that makes it, such as SemanticFlow().LoadImagesAndMasks(), before this one.")]
    [DataRow("Label", "Guess", "Could not find predicted label column 'Guess'. Add the step that makes it, such as a model's Transform, before this one.")]
    public void Evaluate_ColumnMissing_NamesTheStepThatMakesIt(string label, string prediction, string expected)
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.SemanticSegmentation.Evaluate(Rows(), label, prediction));

        StringAssert.StartsWith(error.Message, expected, StringComparison.Ordinal);
    }

    private static SegmentationMask Mask(byte[] ids) => new(1, ids.Length, ids, _labels);

    private IDataView Rows(params Pair[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private sealed class Pair
    {
        [SegmentationMaskType]
        public SegmentationMask? Label { get; set; }

        [SegmentationMaskType]
        public SegmentationMask? PredictedLabel { get; set; }
    }
}
