// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class SegmentationConfusionMatrixTests
{
    private static readonly LabelMap _three = LabelMap.FromClassNames("three", "a", "b", "c");

    // Runs of every length and blocks of many changes, across the 64 pixels that are looked at together.
    [TestMethod]
    public void Add_AnyRuns_CountsEveryPairOnce() =>
        (from runs in Gen.Select(Gen.Byte[0, 4], Gen.Byte[0, 4], Gen.OneOf(Gen.Int[1, 3], Gen.Int[1, 200])).Array[0, 40]
         select runs).Sample(runs =>
        {
            byte[] actual = [.. runs.SelectMany(run => Enumerable.Repeat(run.Item1, run.Item3))];
            byte[] predicted = [.. runs.SelectMany(run => Enumerable.Repeat(run.Item2, run.Item3))];
            var matrix = new SegmentationConfusionMatrix(DrawnImage.Labels);

            matrix.Add(actual, predicted);

            // Ids 0 to 3 are classes; 4 is none.
            for (int id = 0; id < 4; id++)
            {
                Assert.AreEqual(actual.Count(pixel => pixel == id), matrix.GetActualCount(id));
                for (int guess = 0; guess < 4; guess++)
                    Assert.AreEqual(runs.Where(run => run.Item1 == id && run.Item2 == guess).Sum(run => run.Item3), matrix[id, guess]);
            }
        }, iter: 500);

    [TestMethod]
    public void Add_IgnoredTruth_DoesNotCount()
    {
        var matrix = new SegmentationConfusionMatrix(_three);

        matrix.Add([0, 255, 7, 1], [0, 0, 0, 2]);

        Assert.AreEqual(1, matrix[0, 0]);
        Assert.AreEqual(1, matrix[1, 2]);
        Assert.AreEqual(2, matrix.GetCounts().Sum(row => row.Sum()));
    }

    [TestMethod]
    public void Add_PredictionThatIsNoClass_CountsAsWrong()
    {
        var matrix = new SegmentationConfusionMatrix(_three);

        matrix.Add([2, 2], [2, 255]);

        Assert.AreEqual(1, matrix[2, 2]);
        Assert.AreEqual(2, matrix.GetActualCount(2));
        Assert.AreEqual(0.5, new SemanticSegmentationMetrics(matrix).PixelAccuracy);
    }

    [TestMethod]
    public void Add_AnyIds_EqualsOneCounterAPixel() =>
        Gen.Select(Gen.Byte[0, 40], Gen.Byte[0, 40]).Array[0, 50].Sample(pixels =>
        {
            byte[] actual = [.. pixels.Select(pixel => pixel.Item1)], predicted = [.. pixels.Select(pixel => pixel.Item2)];
            var labels = LabelMap.FromClassNames("19", [.. Enumerable.Range(0, 19).Select(id => $"class {id}")]);
            var matrix = new SegmentationConfusionMatrix(labels);

            matrix.Add(actual, predicted);

            for (int a = 0; a < 19; a++)
            {
                for (int p = 0; p < 19; p++)
                    Assert.AreEqual(pixels.Count(pixel => pixel.Item1 == a && pixel.Item2 == p), matrix[a, p]);
                Assert.AreEqual(actual.Count(id => id == a), matrix.GetActualCount(a));
            }
        }, iter: 200);

    [TestMethod]
    public void Add_TwoMatrices_GivesThatOfAllPixels()
    {
        SegmentationConfusionMatrix first = new(_three), second = new(_three), whole = new(_three);
        first.Add([0, 1], [0, 2]);
        second.Add([1, 2, 2], [2, 2, 0]);

        first.Add(second);
        whole.Add([0, 1, 1, 2, 2], [0, 2, 2, 2, 0]);

        for (int actual = 0; actual < 3; actual++)
            CollectionAssert.AreEqual(whole.GetCounts()[actual].ToArray(), first.GetCounts()[actual].ToArray());
    }

    [TestMethod]
    public void Add_MatrixOfOtherClasses_SaysWhich()
    {
        var matrix = new SegmentationConfusionMatrix(_three);

        var error = Assert.ThrowsExactly<ArgumentException>(() => matrix.Add(new SegmentationConfusionMatrix(LabelMap.FromClassNames("other", "a", "c", "b"))));

        StringAssert.StartsWith(
            error.Message,
            "This confusion matrix and the other have the same classes in another order: class 1 is 'b' in the first and 'c' in the second.",
            StringComparison.Ordinal);
    }

    [TestMethod]
    public void Add_IdsOfDifferentLengths_NamesBoth()
    {
        var matrix = new SegmentationConfusionMatrix(_three);

        var error = Assert.ThrowsExactly<ArgumentException>(() => matrix.Add([0, 1], [0]));

        StringAssert.StartsWith(error.Message, "There are 1 predicted ids for 2 of the ground truth.", StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("pair1")]
    [DataRow("pair2")]
    [DataRow("pair1_plus_pair2_accumulated")]
    public void Metrics_GoldenPair_EqualTheOriginals(string name)
    {
        const double tolerance = 1e-9; // both sides divide exact integer counts in double
        var golden = GoldenData.Json("metrics", "iou.json");
        var expected = golden.GetProperty(name);
        var matrix = new SegmentationConfusionMatrix(LabelMaps.Cityscapes);
        foreach (string pair in (string[])["pair1", "pair2"])
        {
            if (!name.Contains(pair, StringComparison.Ordinal))
                continue;
            var files = golden.GetProperty(pair);
            matrix.Add(GoldenData.Bytes("metrics", files.GetProperty("gt").GetString()!), GoldenData.Bytes("metrics", files.GetProperty("pred").GetString()!));
        }

        var metrics = new SemanticSegmentationMetrics(matrix);

        Assert.AreEqual(expected.GetProperty("acc").GetDouble(), metrics.PixelAccuracy, tolerance);
        Assert.AreEqual(expected.GetProperty("acc_cls").GetDouble(), metrics.MeanClassAccuracy, tolerance);
        Assert.AreEqual(expected.GetProperty("mean_iu").GetDouble(), metrics.MeanIoU, tolerance);
        Assert.AreEqual(expected.GetProperty("fwavacc").GetDouble(), metrics.FrequencyWeightedIoU, tolerance);
        double[] iou = expected.GetProperty("per_class_iou").Numbers(), accuracy = expected.GetProperty("per_class_acc").Numbers();
        var confusion = expected.GetProperty("confusion_rows_are_ground_truth");
        for (int id = 0; id < 19; id++)
        {
            Assert.AreEqual(iou[id], metrics.PerClassIoU[id], tolerance, $"IoU of class {id}");
            Assert.AreEqual(accuracy[id], metrics.PerClassAccuracy[id], tolerance, $"accuracy of class {id}");
            CollectionAssert.AreEqual(confusion[id].Integers(), metrics.ConfusionMatrix.GetCounts()[id].Select(count => (int)count).ToArray());
        }
    }
}
