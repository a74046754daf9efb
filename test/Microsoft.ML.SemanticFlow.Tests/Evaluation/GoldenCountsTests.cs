// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class GoldenCountsTests
{
    [TestMethod]
    [DataRow("from_labels")]
    [DataRow("class_3_never_right")]
    public void Metrics_OfGoldenConfusion_AreMmsegmentations(string name)
    {
        var golden = GoldenMetrics.Json("mmseg", "expected.json").GetProperty(name);
        var counts = new SegmentationConfusionMatrix(GoldenMetrics.Labels(7));
        foreach (var (actual, row) in golden.GetProperty("confusion").EnumerateArray().Index())
        {
            foreach (var (predicted, count) in row.EnumerateArray().Index())
                counts.Add((byte)actual, (byte)predicted, count.GetInt64());
        }

        var metrics = new SemanticSegmentationMetrics(counts);

        GoldenMetrics.AreEqual(golden.GetProperty("aAcc"), metrics.PixelAccuracy, "aAcc");
        Same("IoU", "mIoU", metrics.PerClassIoU, metrics.MeanIoU);
        Same("Acc", "mAcc", metrics.PerClassAccuracy, metrics.MeanClassAccuracy);
        Same("Recall", "mRecall", metrics.PerClassRecall, metrics.MeanRecall);
        Same("Dice", "mDice", metrics.PerClassDice, metrics.MeanDice);
        Same("Precision", "mPrecision", metrics.PerClassPrecision, metrics.MeanPrecision);
        Same("Fscore_beta_1", "mFscore_beta_1", metrics.GetPerClassFScore(), metrics.GetMeanFScore());
        Same("Fscore_beta_2", "mFscore_beta_2", metrics.GetPerClassFScore(2), metrics.GetMeanFScore(2));
        Same("Fscore_beta_0.5", "mFscore_beta_0.5", metrics.GetPerClassFScore(0.5), metrics.GetMeanFScore(0.5));

        void Same(string each, string mean, IReadOnlyList<double> classes, double value)
        {
            GoldenMetrics.AreEqual(golden.GetProperty(each), classes, each);
            GoldenMetrics.AreEqual(golden.GetProperty(mean), value, mean);
        }
    }

    [TestMethod]
    public void ConfusionMatrix_OfGoldenMasks_IsTheGolden()
    {
        var golden = GoldenMetrics.Json("mmseg", "expected.json");
        var labels = GoldenMetrics.Labels(7);
        var evaluation = new SegmentationEvaluation(labels);
        foreach (var pair in golden.GetProperty("images").EnumerateArray())
            evaluation.Add(GoldenMetrics.Mask(labels, "mmseg", pair[0].GetString()!), GoldenMetrics.Mask(labels, "mmseg", pair[1].GetString()!));

        string expected = golden.GetProperty("from_labels").GetProperty("confusion").ToString().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal);

        Assert.AreEqual(expected, $"[{string.Join(",", evaluation.Metrics.ConfusionMatrix.GetCounts().Select(row => $"[{string.Join(",", row)}]"))}]");
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(double.NaN)]
    public void GetPerClassFScore_BetaThatIsNotPositive_IsRefused(double beta)
    {
        var metrics = new SemanticSegmentationMetrics(new SegmentationConfusionMatrix(GoldenMetrics.Labels(2)));

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => metrics.GetPerClassFScore(beta));
    }
}
