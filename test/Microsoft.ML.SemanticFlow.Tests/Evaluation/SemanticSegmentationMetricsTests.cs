// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class SemanticSegmentationMetricsTests
{
    private static readonly LabelMap _labels = LabelMap.FromClassNames("street", "road", "traffic sign", "sky");

    [TestMethod]
    public void MeanIoU_ClassAbsentFromBoth_IsLeftOut()
    {
        // road: TP 2, FN 1, FP 0 = 2/3; traffic sign: TP 1, FN 0, FP 1 = 1/2; sky nowhere.
        var metrics = Measure([0, 0, 0, 1], [0, 0, 1, 1]);

        Assert.AreEqual((2.0 / 3 + 1.0 / 2) / 2, metrics.MeanIoU, 1e-15);
        Assert.AreEqual(double.NaN, metrics.PerClassIoU[2]);
    }

    [TestMethod]
    public void PerClassIoU_PredictedButAbsentFromTruth_IsZero()
    {
        var metrics = Measure([0, 0], [0, 2]);

        Assert.AreEqual(0, metrics.PerClassIoU[2]);
        Assert.AreEqual(double.NaN, metrics.PerClassAccuracy[2]);
        Assert.AreEqual((0.5 + 0) / 2, metrics.MeanIoU);
    }

    [TestMethod]
    public void Metrics_NothingCounted_AreNaN()
    {
        var metrics = Measure([255, 255], [0, 1]);

        Assert.AreEqual(double.NaN, metrics.MeanIoU);
        Assert.AreEqual(double.NaN, metrics.PixelAccuracy);
        Assert.AreEqual(double.NaN, metrics.FrequencyWeightedIoU);
    }

    [TestMethod]
    public void ConfusionMatrix_CountedAfterwards_StaysAsItWas()
    {
        var matrix = new SegmentationConfusionMatrix(_labels);
        matrix.Add([0], [0]);
        var metrics = new SemanticSegmentationMetrics(matrix);

        matrix.Add([0], [1]);

        Assert.AreEqual(1, metrics.ConfusionMatrix.GetActualCount(0));
    }

    [TestMethod]
    public void GetFormattedTable_ThousandsOfPixels_StaysAligned()
    {
        var truth = new byte[1500];
        truth.AsSpan(1200).Fill(1);

        string table = Measure(truth, truth).GetFormattedTable();

        Assert.AreEqual(
            """
            class            IoU    Dice  precision  accuracy  pixels
            ------------  ------  ------  ---------  --------  ------
            road          1.0000  1.0000     1.0000    1.0000   1,200
            traffic sign  1.0000  1.0000     1.0000    1.0000     300
            sky                -       -          -         -       0
            ------------  ------  ------  ---------  --------  ------
            mean          1.0000  1.0000     1.0000    1.0000   1,500
            pixel accuracy 1.0000, frequency-weighted IoU 1.0000

            """,
            table);
    }

    private static SemanticSegmentationMetrics Measure(byte[] actual, byte[] predicted)
    {
        var matrix = new SegmentationConfusionMatrix(_labels);
        matrix.Add(actual, predicted);
        return new SemanticSegmentationMetrics(matrix);
    }
}
