// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class BoundaryGoldenTests
{
    [TestMethod]
    [DataRow("case1", "case1")]
    [DataRow("case2", "case2")]
    [DataRow("case1_and_case2_as_a_batch_of_2", "case1", "case2")]
    public void FScores_OfGoldenMasks_AreTheOriginals(string name, params string[] cases)
    {
        var golden = GoldenMetrics.Json("boundary_f", "boundary_f.json").GetProperty(name);
        var thresholds = golden.GetProperty("thresholds").EnumerateObject().ToArray();
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(8), new SegmentationEvaluationOptions
        {
            Boundaries = new SegmentationBoundaryOptions { Thresholds = [.. thresholds.Select(threshold => double.Parse(threshold.Name, CultureInfo.InvariantCulture))] },
        });
        foreach (string image in cases)
            evaluation.Add(Raw(image, "gt"), Raw(image, "pred"), image);

        foreach (var (i, threshold) in thresholds.Index())
        {
            var total = evaluation.Boundaries!.FScores[i];
            GoldenMetrics.AreEqual(threshold.Value.GetProperty("F_per_class = Fpc/Fc"), total.PerClassPublishedFScore, $"F at {threshold.Name}");
            GoldenMetrics.AreEqual(threshold.Value.GetProperty("F_mean = sum(Fpc/Fc)/classes"), total.MeanPublishedFScore, $"mean F at {threshold.Name}");
            foreach (var (image, classes) in threshold.Value.GetProperty("per_image").EnumerateArray().Index())
            {
                var scores = evaluation.Images[image].Boundaries!.FScores[i];
                foreach (var (id, golden1) in classes.EnumerateArray().Index())
                {
                    string what = $"class {id} of image {image} at {threshold.Name}";
                    GoldenMetrics.AreEqual(golden1.GetProperty("F"), scores.PerClassPublishedFScore[id], what);
                    if (golden1.GetProperty("pred_boundary_pixels").GetInt32() > 0)
                        GoldenMetrics.AreEqual(golden1.GetProperty("precision"), scores.PerClassPrecision[id], what);
                    bool absent = golden1.GetProperty("pred_boundary_pixels").GetInt32() + golden1.GetProperty("gt_boundary_pixels").GetInt32() == 0;
                    Assert.AreEqual(absent, double.IsNaN(scores.PerClassFScore[id]), what);
                }
            }
        }
    }

    [TestMethod]
    public void PerClassBoundaryIoU_OfGoldenPairs_IsTheOriginals()
    {
        var labels = GoldenMetrics.Labels(2);
        foreach (var pair in GoldenMetrics.Json("boundary_iou", "binary.json").GetProperty("pairs").EnumerateArray())
        {
            foreach (var ratio in pair.GetProperty("ratios").EnumerateObject())
            {
                var evaluation = new SegmentationEvaluation(labels, new SegmentationEvaluationOptions
                {
                    Boundaries = new SegmentationBoundaryOptions { BoundaryIoURatio = double.Parse(ratio.Name, CultureInfo.InvariantCulture) },
                });
                evaluation.Add(Binary(pair, "ground_truth"), Binary(pair, "prediction"));

                string what = $"{pair.GetProperty("name")} at {ratio.Name}";
                GoldenMetrics.AreEqual(ratio.Value.GetProperty("boundary_iou"), evaluation.Boundaries!.PerClassBoundaryIoU[1], what);
                GoldenMetrics.AreEqual(ratio.Value.GetProperty("mask_iou"), evaluation.Metrics.PerClassIoU[1], what);
            }
        }
    }

    [TestMethod]
    public void PerClassBoundaryIoU_OfGoldenMasks_IsTheOriginals()
    {
        var golden = GoldenMetrics.Json("boundary_iou", "multiclass.json");
        var evaluation = Evaluate("boundary_iou", golden, new SegmentationEvaluationOptions { Boundaries = new SegmentationBoundaryOptions() });

        GoldenMetrics.AreEqual(golden.GetProperty("boundary_iou"), evaluation.Boundaries!.PerClassBoundaryIoU, "Boundary IoU");
        GoldenMetrics.AreEqual(golden.GetProperty("mean"), evaluation.Boundaries.MeanBoundaryIoU, "mean");
        foreach (var (i, image) in golden.GetProperty("images").EnumerateArray().Index())
        {
            foreach (var (id, expected) in image.GetProperty("classes").EnumerateArray().Index())
                GoldenMetrics.AreEqual(expected.GetProperty("iou"), evaluation.Images[i].Boundaries!.PerClassBoundaryIoU[id], $"class {id} of image {i}");
        }
    }

    [TestMethod]
    [DataRow("chessboard", PixelDistance.Chessboard, false)]
    [DataRow("euclidean", PixelDistance.Euclidean, false)]
    [DataRow("chessboard_ignore_counts_as_border", PixelDistance.Chessboard, true)]
    [DataRow("euclidean_ignore_counts_as_border", PixelDistance.Euclidean, true)]
    public void Trimaps_OfGoldenMasks_AreSciPys(string variant, PixelDistance distance, bool ignoredIsBorder)
    {
        var golden = GoldenMetrics.Json("trimap", "expected.json");
        var evaluation = Evaluate("trimap", golden, new SegmentationEvaluationOptions
        {
            Boundaries = new SegmentationBoundaryOptions { TrimapDistance = distance, IgnoredIsBorder = ignoredIsBorder },
        });

        Same(golden.GetProperty("total"), evaluation.Boundaries!, "total");
        foreach (var (i, image) in golden.GetProperty("images").EnumerateArray().Index())
            Same(image.GetProperty("variants"), evaluation.Images[i].Boundaries!, $"image {i}");

        void Same(JsonElement variants, SegmentationBoundaryMetrics actual, string what)
        {
            foreach (var trimap in actual.Trimaps)
            {
                var expected = variants.GetProperty($"{variant}_{trimap.Width}");
                GoldenMetrics.AreEqual(expected.GetProperty("iou"), trimap.PerClassIoU, $"{what}, width {trimap.Width}");
                GoldenMetrics.AreEqual(expected.GetProperty("miou"), trimap.MeanIoU, $"{what}, width {trimap.Width}");
                Assert.AreEqual(
                    expected.GetProperty("confusion").EnumerateArray().Sum(row => row.EnumerateArray().Sum(count => count.GetInt64())), trimap.PixelCount, what);
            }
        }
    }

    [TestMethod]
    [DataRow(4, 1)]
    [DataRow(4, 2)]
    [DataRow(4, 4)]
    [DataRow(8, 1)]
    [DataRow(8, 2)]
    [DataRow(8, 4)]
    public void ErrorSplit_OfGoldenMasks_IsSciPys(int connectivity, int distance)
    {
        string variant = $"connectivity_{connectivity}_d_{distance}";
        var golden = GoldenMetrics.Json("error_split", "expected.json");
        var evaluation = Evaluate("error_split", golden, new SegmentationEvaluationOptions
        {
            ErrorSplit = new SegmentationErrorSplitOptions { BorderDistance = distance, CornersConnect = connectivity == 8 },
        });

        Same(golden.GetProperty("total").GetProperty(variant), evaluation.ErrorSplit!, "total");
        foreach (var (i, image) in golden.GetProperty("images").EnumerateArray().Index())
        {
            Same(image.GetProperty("variants").GetProperty(variant), evaluation.Images[i].ErrorSplit!, $"image {i}");
            Assert.AreEqual(image.GetProperty("wrong").GetInt64(), evaluation.Images[i].ErrorSplit!.WrongCount);
        }

        foreach (var (id, expected) in golden.GetProperty("total").GetProperty(variant).GetProperty("classes").EnumerateArray().Index())
        {
            var errors = evaluation.ErrorSplit!.PerClass[id];
            GoldenMetrics.AreEqual(expected.GetProperty("iou"), errors.IoU, $"class {id}");
            GoldenMetrics.AreEqual(expected.GetProperty("lost_iou").GetProperty("border"), errors.BorderLoss, $"class {id}");
            GoldenMetrics.AreEqual(expected.GetProperty("lost_iou").GetProperty("joined"), errors.ExtentLoss, $"class {id}");
            GoldenMetrics.AreEqual(expected.GetProperty("lost_iou").GetProperty("whole"), errors.WholeLoss, $"class {id}");
        }
    }

    private static void Same(JsonElement golden, SegmentationErrorSplit actual, string what)
    {
        var single = golden.GetProperty("single");
        Assert.AreEqual(
            (single.GetProperty("border").GetInt64(), single.GetProperty("joined").GetInt64(), single.GetProperty("invented").GetInt64(), single.GetProperty("missed").GetInt64()),
            (actual.BorderCount, actual.ExtentCount, actual.InventedCount, actual.MissedCount), what);
        foreach (var (id, expected) in golden.GetProperty("classes").EnumerateArray().Index())
        {
            JsonElement wrong = expected.GetProperty("fp"), lost = expected.GetProperty("fn");
            var errors = actual.PerClass[id];
            Assert.AreEqual(
                (expected.GetProperty("tp").GetInt64(),
                 wrong.GetProperty("border").GetInt64(), wrong.GetProperty("joined").GetInt64(), wrong.GetProperty("invented").GetInt64(),
                 lost.GetProperty("border").GetInt64(), lost.GetProperty("joined").GetInt64(), lost.GetProperty("missed").GetInt64()),
                (errors.HitCount, errors.FalseBorderCount, errors.FalseExtentCount, errors.InventedCount, errors.LostBorderCount, errors.LostExtentCount, errors.MissedCount),
                $"{what}, class {id}");
        }
    }

    private static SegmentationEvaluation Evaluate(string folder, JsonElement golden, SegmentationEvaluationOptions options)
    {
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(golden.GetProperty("classes").GetInt32()), options);
        foreach (var (i, image) in golden.GetProperty("images").EnumerateArray().Index())
        {
            evaluation.Add(
                GoldenMetrics.Mask(evaluation.Labels, folder, image.GetProperty("ground_truth").GetString()!),
                GoldenMetrics.Mask(evaluation.Labels, folder, image.GetProperty("prediction").GetString()!), $"image {i}");
        }

        return evaluation;
    }

    private static SegmentationMask Raw(string image, string what) =>
        new(128, 256, File.ReadAllBytes(GoldenMetrics.Find("boundary_f", $"f_{image}_{what}_128x256.u8")));

    // Run lengths, beginning with background.
    private static SegmentationMask Binary(JsonElement pair, string what)
    {
        int[] runs = pair.GetProperty(what).Integers();
        byte[] ids = [.. runs.Index().SelectMany(run => Enumerable.Repeat((byte)(run.Index % 2), run.Item))];
        return new SegmentationMask(pair.GetProperty("height").GetInt32(), pair.GetProperty("width").GetInt32(), ids);
    }
}
