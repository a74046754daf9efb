// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class SegmentationEvaluationTests
{
    private static readonly LabelMap _labels = LabelMap.FromClassNames("pair", "left", "right");

    [TestMethod]
    public void Images_TwoSources_StandInOrderWithTheirFigures()
    {
        var evaluation = new SegmentationEvaluation(_labels);
        evaluation.Add(Mask(0, 0, 1, 255), Mask(0, 1, 1, 0), "b.png", "night");
        evaluation.Add(Mask(1, 1), Mask(1, 1), "a.png", "night");
        evaluation.Add(Mask(0, 1), Mask(0, 255), "z.png", "day");
        evaluation.Add(Mask(255, 9), Mask(0, 1), "none.png");

        var images = evaluation.Images;

        CollectionAssert.AreEqual(new[] { "none.png", "z.png", "a.png", "b.png" }, images.Select(image => image.Name).ToArray());
        CollectionAssert.AreEqual(new[] { null, "day", "night", "night" }, images.Select(image => image.Source).ToArray());
        // b.png: left 1 of 2, right 1 of 2. z.png: left 1 of 1; right is found nowhere, 0 of 1.
        CollectionAssert.AreEqual(new[] { double.NaN, (1 + 0) / 2.0, 1, (0.5 + 0.5) / 2 }, images.Select(image => image.MeanIoU).ToArray());
        CollectionAssert.AreEqual(new[] { double.NaN, 1 / 2.0, 1, 2 / 3.0 }, images.Select(image => image.PixelAccuracy).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 0, 0, 1 / 4.0 }, images.Select(image => image.IgnoredShare).ToArray());
    }

    [TestMethod]
    public void Sources_EachImageInOne_SumToTheMetrics()
    {
        var evaluation = new SegmentationEvaluation(_labels);
        evaluation.Add(Mask(0, 0), Mask(0, 1), source: "night");
        evaluation.Add(Mask(1, 1), Mask(1, 1), source: "day");
        evaluation.Add(Mask(0, 1), Mask(0, 1), source: "night");
        evaluation.Add(Mask(1, 0), Mask(0, 0));

        var sources = evaluation.Sources;

        CollectionAssert.AreEqual(new[] { (null, 1), ("day", 1), ("night", 2) }, sources.Select(source => (source.Source, source.ImageCount)).ToArray());
        CollectionAssert.AreEqual(new[] { 1 / 2.0, 1, 3 / 4.0 }, sources.Select(source => source.Metrics.PixelAccuracy).ToArray());
        Assert.AreEqual(4, evaluation.ImageCount);
        StringAssert.StartsWith(evaluation.ToString(), "4 images\nclass", StringComparison.Ordinal);
        Assert.AreEqual(6 / 8.0, evaluation.Metrics.PixelAccuracy);
    }

    [TestMethod]
    public void Metrics_CountedAfterwards_AreComputedAnew()
    {
        var evaluation = new SegmentationEvaluation(_labels);
        evaluation.Add(Mask(0), Mask(0));
        var before = evaluation.Metrics;

        evaluation.Add(Mask(0), Mask(1));

        Assert.AreEqual(1, before.PixelAccuracy);
        Assert.AreEqual(0.5, evaluation.Metrics.PixelAccuracy);
    }

    [TestMethod]
    public void Metrics_AnyImages_EqualThoseOfAllPixelsInOneMatrix() => DrawnImage.Any.Array[0, 12].Sample(images =>
    {
        var matrix = new SegmentationConfusionMatrix(DrawnImage.Labels);
        foreach (var image in images)
            matrix.Add(image.Truth, image.Prediction);
        string expected = new SemanticSegmentationMetrics(matrix).GetFormattedTable();

        Assert.AreEqual(expected, DrawnImage.Evaluate(images).Metrics.GetFormattedTable());
        Assert.AreEqual(expected, DrawnImage.Evaluate(images, keepImages: false).Metrics.GetFormattedTable());
    }, iter: 300);

    [TestMethod]
    public void Images_AnyImage_HasTheMetricsOfItsOwnMatrix() => DrawnImage.Any.Sample(image =>
    {
        var matrix = new SegmentationConfusionMatrix(DrawnImage.Labels);
        matrix.Add(image.Truth, image.Prediction);
        var expected = new SemanticSegmentationMetrics(matrix);

        var result = DrawnImage.Evaluate([image]).Images.Single();

        Assert.AreEqual(expected.MeanIoU, result.MeanIoU);
        Assert.AreEqual(expected.PixelAccuracy, result.PixelAccuracy);
        Assert.AreEqual(image.Truth.Count(id => id > 3) / (double)image.Truth.Length, result.IgnoredShare);
    }, iter: 300);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Add_AnyPartitionInAnyOrder_EqualsTheWholeBitForBit(bool keepImages) =>
        (from images in DrawnImage.Any.Array[0, 20]
         from parts in Gen.Int[0, 3].Array[images.Length]
         from shuffled in Gen.Shuffle(images.Index().ToArray())
         select (images, parts, shuffled)).Sample(drawn =>
        {
            byte[] whole = DrawnImage.Save(DrawnImage.Evaluate(drawn.images, keepImages));

            var sum = new SegmentationEvaluation(DrawnImage.Labels, keepImages);
            foreach (var part in drawn.shuffled.GroupBy(image => drawn.parts[image.Index]))
                sum.Add(DrawnImage.Evaluate(part.Select(image => image.Item), keepImages));

            CollectionAssert.AreEqual(whole, DrawnImage.Save(sum));
            Assert.AreEqual(drawn.images.Length, sum.ImageCount);
        }, iter: 300);

    [TestMethod]
    public void Add_Itself_CountsTwice()
    {
        var evaluation = new SegmentationEvaluation(_labels);
        evaluation.Add(Mask(0, 1), Mask(0, 0), "a.png");

        evaluation.Add(evaluation);

        Assert.AreEqual(2, evaluation.ImageCount);
        Assert.HasCount(2, evaluation.Images);
        Assert.AreEqual((2L, 2L), (evaluation.Metrics.ConfusionMatrix[0, 0], evaluation.Metrics.ConfusionMatrix[1, 0]));
    }

    [TestMethod]
    [DataRow(null, null, "")]
    [DataRow("a.png", null, " of 'a.png'")]
    [DataRow(null, "day", " of an image of 'day'")]
    [DataRow("a.png", "day", " of 'a.png' of 'day'")]
    public void Add_MasksOfDifferentSizes_NamesBothAndCountsNothing(string? name, string? source, string of)
    {
        var evaluation = new SegmentationEvaluation(_labels);

        var error = Assert.ThrowsExactly<InvalidDataException>(
            () => evaluation.Add(new SegmentationMask(1, 4, new byte[4]), new SegmentationMask(2, 2, new byte[4]), name, source));

        Assert.AreEqual($"The predicted mask{of} is 2 x 2 pixels (height x width), its label 1 x 4. They must be of one size: resize one to the other.", error.Message);
        Assert.AreEqual(0, evaluation.ImageCount);
    }

    [TestMethod]
    public void Add_MaskOfOtherClasses_SaysWhich()
    {
        var evaluation = new SegmentationEvaluation(_labels);
        var other = Mask(0).WithLabels(LabelMap.FromClassNames("other", "right", "left"));

        var truth = Assert.ThrowsExactly<InvalidDataException>(() => evaluation.Add(other, Mask(0), "a.png"));
        var prediction = Assert.ThrowsExactly<InvalidDataException>(() => evaluation.Add(Mask(0), other, "a.png"));

        Assert.AreEqual(
            "The label of 'a.png' and the evaluation have the same classes in another order: class 0 is 'right' in the first and 'left' in the second. " +
            "Read labels and predictions with one label map.", truth.Message);
        StringAssert.StartsWith(prediction.Message, "The predicted mask of 'a.png' and the evaluation have", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Add_EvaluationOfOtherClasses_SaysWhich()
    {
        var evaluation = new SegmentationEvaluation(_labels);

        var error = Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add(new SegmentationEvaluation(LabelMap.FromClassNames("other", "left", "centre"))));

        StringAssert.StartsWith(error.Message, "This evaluation calls class 1 'right', the other calls it 'centre'. Add evaluations of one label map.", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Add_EvaluationWithoutImages_GoesOneWay()
    {
        var images = new SegmentationEvaluation(_labels);
        images.Add(Mask(0), Mask(0), "a.png");
        var sum = new SegmentationEvaluation(_labels, keepImages: false);

        var error = Assert.ThrowsExactly<ArgumentException>(() => images.Add(sum));
        sum.Add(images);

        StringAssert.StartsWith(error.Message, "The other evaluation does not keep images, and this one does.", StringComparison.Ordinal);
        Assert.AreEqual(1, sum.ImageCount);
        Assert.ThrowsExactly<InvalidOperationException>(() => sum.Images);
        Assert.ThrowsExactly<InvalidOperationException>(() => sum.Sources);
    }

    private static SegmentationMask Mask(params byte[] ids) => new(1, ids.Length, ids, _labels);
}
