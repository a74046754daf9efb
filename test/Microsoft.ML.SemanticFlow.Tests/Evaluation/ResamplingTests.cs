// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class ResamplingTests
{
    private static readonly JsonElement _golden = GoldenMetrics.Json("bootstrap", "expected.json");

    private static readonly SegmentationResamplingOptions _goldenDraws = new()
    {
        Draws = [.. GoldenMetrics.Json("bootstrap", "resamples.json").GetProperty("index").EnumerateArray().Select(draw => draw.Integers())],
    };

    [TestMethod]
    [DataRow("model_a", "interval_a", "a")]
    [DataRow("model_b", "interval_b", "b")]
    public void Estimate_GoldenDraws_GivesNumPysPercentiles(string model, string name, string point)
    {
        var evaluation = Golden(model);

        var wide = SegmentationIntervals.Estimate(evaluation, _goldenDraws);
        var narrow = SegmentationIntervals.Estimate(evaluation, _goldenDraws with { Level = 0.9 });

        Assert.AreEqual(400, wide.ResampleCount);
        GoldenMetrics.AreEqual(_golden.GetProperty("point").GetProperty(point), wide.MeanIoU.Value, "mIoU");
        Same(_golden.GetProperty(name), wide.MeanIoU, narrow.MeanIoU, name);
    }

    [TestMethod]
    public void Estimate_ClassInFewImages_LeavesOutTheResamplesWithoutIt()
    {
        var evaluation = Golden("model_a");

        var wide = SegmentationIntervals.Estimate(evaluation, _goldenDraws);
        var narrow = SegmentationIntervals.Estimate(evaluation, _goldenDraws with { Level = 0.9 });

        foreach (var (id, expected) in _golden.GetProperty("class_intervals_a").EnumerateArray().Index())
        {
            Same(expected, wide.PerClassIoU[id], narrow.PerClassIoU[id], $"class {id}");
            Assert.AreEqual(expected.GetProperty("resamples_without_the_class").GetInt32(), wide.PerClassIoU[id].UndefinedCount);
        }
    }

    [TestMethod]
    public void Compare_GoldenDraws_GivesNumPysDifference()
    {
        var wide = SegmentationComparison.Compare(Golden("model_a"), Golden("model_b"), _goldenDraws);
        var narrow = SegmentationComparison.Compare(Golden("model_a"), Golden("model_b"), _goldenDraws with { Level = 0.9 });

        GoldenMetrics.AreEqual(_golden.GetProperty("point").GetProperty("difference"), wide.MeanIoU.Difference.Value, "difference");
        Same(_golden.GetProperty("interval_difference"), wide.MeanIoU.Difference, narrow.MeanIoU.Difference, "difference");
        Same(_golden.GetProperty("interval_a"), wide.MeanIoU.First, narrow.MeanIoU.First, "first");
        Same(_golden.GetProperty("interval_b"), wide.MeanIoU.Second, narrow.MeanIoU.Second, "second");
        GoldenMetrics.AreEqual(_golden.GetProperty("p_two_sided"), wide.MeanIoU.PValue, "p");
        Assert.HasCount(30, wide.Images);
    }

    [TestMethod]
    public void Estimate_SameSeed_IsTheSame()
    {
        var evaluation = Golden("model_a");
        var options = new SegmentationResamplingOptions { Resamples = 50, Seed = 7 };

        var one = SegmentationIntervals.Estimate(evaluation, options).MeanIoU;
        var same = SegmentationIntervals.Estimate(evaluation, options).MeanIoU;
        var other = SegmentationIntervals.Estimate(evaluation, options with { Seed = 8 }).MeanIoU;

        Assert.AreEqual((one.Lower, one.Upper, one.Mean), (same.Lower, same.Upper, same.Mean));
        Assert.AreNotEqual(one.Mean, other.Mean);
    }

    [TestMethod]
    public void Estimate_OwnDraws_TakeEveryImageAsOften()
    {
        var labels = GoldenMetrics.Labels(30);
        var evaluation = new SegmentationEvaluation(labels);
        for (byte id = 0; id < 30; id++)
            evaluation.Add(new SegmentationMask(1, 1, [id]), new SegmentationMask(1, 1, [id]), $"{id:D2}");

        var intervals = SegmentationIntervals.Estimate(evaluation, new SegmentationResamplingOptions { Resamples = 4000 });

        // An image is in none of 30 draws with (29/30)^30 = 0.3617: 1447 of 4000 resamples lack it, give or take 5 x 30.4.
        foreach (var interval in intervals.PerClassIoU)
            Assert.AreEqual(1447, interval.UndefinedCount, 152);
    }

    [TestMethod]
    public void Compare_ModelWithItself_CannotTellThemApart()
    {
        var comparison = SegmentationComparison.Compare(Golden("model_a"), Golden("model_a"));

        Assert.AreEqual((0.0, 0.0, 0.0), (comparison.MeanIoU.Difference.Lower, comparison.MeanIoU.Difference.Value, comparison.MeanIoU.Difference.Upper));
        Assert.AreEqual(1, comparison.MeanIoU.PValue);
        Assert.AreEqual("+0.0000 (+0.0000 to +0.0000), p = 1.000", comparison.MeanIoU.ToString());
    }

    [TestMethod]
    [DataRow("b", "x", "Image 'a' is in the first evaluation alone", DisplayName = "an image of the first is missing")]
    [DataRow("a", "b", "Image 'b' is in the second evaluation alone", DisplayName = "an image of the second is missing")]
    [DataRow("a", "a", "Image 'a' is there twice", DisplayName = "twice")]
    [DataRow("a", null, "An image has no name", DisplayName = "without a name")]
    public void Compare_OtherImages_SaysWhich(string name, string? other, string expected)
    {
        SegmentationEvaluation first = Of("a", "x"), second = Of(name, other);

        var error = Assert.ThrowsExactly<ArgumentException>(() => SegmentationComparison.Compare(first, second));

        StringAssert.Contains(error.Message, expected);
    }

    [TestMethod]
    public void Compare_LongerEvaluation_SaysWhatTheOtherLacks()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => SegmentationComparison.Compare(Of("a"), Of("a", "b")));

        StringAssert.Contains(error.Message, "Image 'b' is in the second evaluation alone");
    }

    [TestMethod]
    public void Compare_OtherLabelsOfAnImage_IsRefused()
    {
        var other = new SegmentationEvaluation(GoldenMetrics.Labels(2));
        other.Add(new SegmentationMask(1, 2, [1, 1]), new SegmentationMask(1, 2, [0, 1]), "a");

        Assert.ThrowsExactly<ArgumentException>(() => SegmentationComparison.Compare(Of("a"), other));
    }

    [TestMethod]
    public void Estimate_NoImagesOrWrongDraws_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => SegmentationIntervals.Estimate(new SegmentationEvaluation(GoldenMetrics.Labels(2))));
        Assert.ThrowsExactly<InvalidOperationException>(() => SegmentationIntervals.Estimate(new SegmentationEvaluation(GoldenMetrics.Labels(2), keepImages: false)));
        foreach (int[][] draws in new int[][][] { [], [[]], [[1]], [[-1]] })
            Assert.ThrowsExactly<ArgumentException>(() => SegmentationIntervals.Estimate(Of("a"), new SegmentationResamplingOptions { Draws = draws }));
    }

    [TestMethod]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SegmentationResamplingOptions { Resamples = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SegmentationResamplingOptions { Level = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SegmentationResamplingOptions { Level = double.NaN });
    }

    private static SegmentationEvaluation Of(params string?[] names)
    {
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(2));
        foreach (string? name in names)
            evaluation.Add(new SegmentationMask(1, 2, [0, 1]), new SegmentationMask(1, 2, [0, 0]), name);
        return evaluation;
    }

    // An image of a confusion matrix has each cell's pixels one behind the other.
    private static SegmentationEvaluation Golden(string model)
    {
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(6));
        foreach (var (index, confusion) in GoldenMetrics.Json("bootstrap", "confusions.json").GetProperty(model).EnumerateArray().Index())
        {
            List<byte> truth = [], prediction = [];
            foreach (var (actual, row) in confusion.EnumerateArray().Index())
            {
                foreach (var (predicted, count) in row.Integers().Index())
                {
                    truth.AddRange(Enumerable.Repeat((byte)actual, count));
                    prediction.AddRange(Enumerable.Repeat((byte)predicted, count));
                }
            }

            evaluation.Add(new SegmentationMask(1, truth.Count, truth.ToArray()), new SegmentationMask(1, truth.Count, prediction.ToArray()), $"{index:D2}");
        }

        return evaluation;
    }

    private static void Same(JsonElement expected, SegmentationInterval wide, SegmentationInterval narrow, string what)
    {
        GoldenMetrics.AreEqual(expected.GetProperty("p2_5"), wide.Lower, $"{what} at 2.5 %");
        GoldenMetrics.AreEqual(expected.GetProperty("p97_5"), wide.Upper, $"{what} at 97.5 %");
        GoldenMetrics.AreEqual(expected.GetProperty("p5"), narrow.Lower, $"{what} at 5 %");
        GoldenMetrics.AreEqual(expected.GetProperty("p95"), narrow.Upper, $"{what} at 95 %");
        GoldenMetrics.AreEqual(expected.GetProperty("median"), wide.Median, $"median of {what}");
        GoldenMetrics.AreEqual(expected.GetProperty("mean"), wide.Mean, $"mean of {what}");
        GoldenMetrics.AreEqual(expected.GetProperty("std_ddof1"), wide.StandardDeviation, $"deviation of {what}");
    }
}
