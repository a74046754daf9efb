// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML.SemanticFlow.Evaluation.Calibration;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class CalibrationTests
{
    private const int Classes = 5;

    private static readonly SegmentationEvaluationOptions _options = new() { Calibration = new SegmentationCalibrationOptions() };

    [TestMethod]
    public void Calibration_OfGoldenProbabilities_IsNumPys()
    {
        var golden = GoldenMetrics.Json("calibration", "expected.json");
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(Classes), _options);
        AddGolden(evaluation, golden, [0, 1], confidenceAlone: false);

        Same(golden, "image_0", evaluation.Images[0].Calibration!);
        Same(golden, "image_1", evaluation.Images[1].Calibration!);
        Same(golden, "both", evaluation.Calibration!);
        Same(golden, "both", evaluation.Sources.Single().Calibration!);
    }

    [TestMethod]
    public void Calibration_OfConfidenceAlone_HasTheSameBinsAndNoBrierScore()
    {
        var golden = GoldenMetrics.Json("calibration", "expected.json");
        SegmentationEvaluation whole = new(GoldenMetrics.Labels(Classes), _options), alone = new(GoldenMetrics.Labels(Classes), _options);
        AddGolden(whole, golden, [0, 1], confidenceAlone: false);
        AddGolden(alone, golden, [0, 1], confidenceAlone: true);

        Assert.AreEqual(whole.Calibration!.ExpectedError, alone.Calibration!.ExpectedError);
        Assert.AreEqual(whole.Calibration!.MaximumError, alone.Calibration!.MaximumError);
        Assert.IsTrue(double.IsNaN(alone.Calibration.BrierScore) && double.IsNaN(alone.Calibration.NegativeLogLikelihood));
    }

    [TestMethod]
    public void Save_TwoHalvesInEitherOrder_IsTheWholeBitForBit()
    {
        var golden = GoldenMetrics.Json("calibration", "expected.json");
        foreach (bool keepImages in new[] { true, false })
        {
            var whole = Evaluate([0, 1]);
            SegmentationEvaluation one = Evaluate([1]), two = Evaluate([0]);
            one.Add(two);

            CollectionAssert.AreEqual(DrawnImage.Save(whole), DrawnImage.Save(one));
            var loaded = DrawnImage.Load(DrawnImage.Save(whole));
            CollectionAssert.AreEqual(DrawnImage.Save(whole), DrawnImage.Save(loaded));
            Same(golden, "both", loaded.Calibration!);

            SegmentationEvaluation Evaluate(int[] images)
            {
                var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(Classes), _options with { KeepImages = keepImages });
                AddGolden(evaluation, golden, images, confidenceAlone: false);
                return evaluation;
            }
        }
    }

    [TestMethod]
    public void BinOf_GoldenEdges_FallsAsInNumPy()
    {
        var edges = GoldenMetrics.Json("calibration", "expected.json").GetProperty("edge_cases");
        var measure = new CalibrationMeasure(new SegmentationCalibrationOptions());

        int[] bins = [.. edges.GetProperty("confidence").EnumerateArray().Select(confidence => measure.BinOf(confidence.GetDouble()))];

        CollectionAssert.AreEqual(edges.GetProperty("bin").EnumerateArray().Select(bin => bin.GetInt32()).ToArray(), bins);
    }

    [TestMethod]
    public void NegativeLogLikelihood_ActualClassAtZero_IsInfinite()
    {
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(2), _options);
        evaluation.Add(Mask(1, 0), Mask(0, 0), evidence: new SegmentationEvidence { Probabilities = new float[] { 1, 1, 0, 0 } });

        Assert.AreEqual(double.PositiveInfinity, evaluation.Calibration!.NegativeLogLikelihood);
        Assert.AreEqual((2 + 0) / 2.0, evaluation.Calibration.BrierScore); // (1 - 0)² + (0 - 1)² of the first pixel
        Assert.AreEqual(1 / 2.0, evaluation.Calibration.ExpectedError);    // sure of both, half of them right
    }

    [TestMethod]
    public void Calibration_NoPixelThatCounts_IsNaN()
    {
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(2), _options);
        evaluation.Add(Mask(255), Mask(0), evidence: new SegmentationEvidence { Probabilities = new float[] { 1, 0 } });

        var calibration = evaluation.Calibration!;

        foreach (double value in new[]
            { calibration.ExpectedError, calibration.MaximumError, calibration.BrierScore, calibration.NegativeLogLikelihood, calibration.Accuracy, calibration.MeanConfidence })
        {
            Assert.IsTrue(double.IsNaN(value));
        }
    }

    [TestMethod]
    [DataRow(new float[] { 0.5f, 2, 0.5f, 0 }, "hold 2 at row 0, column 1", DisplayName = "above 1")]
    [DataRow(new float[] { 0.5f, 0.5f, 0.5f, float.NaN }, "hold NaN at row 0, column 1", DisplayName = "not a number")]
    [DataRow(new float[] { -0.5f, 0.5f, 0.5f, 0 }, "hold -0.5 at row 0, column 0", DisplayName = "negative")]
    [DataRow(new float[] { 0.5f, 0.5f, 0.5f }, "There are 3 probabilities of 'a.png'", DisplayName = "too few")]
    public void Add_WhatAreNoProbabilities_IsRefusedInASentence(float[] probabilities, string expected)
    {
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(2), _options);

        var error = Assert.ThrowsExactly<InvalidDataException>(
            () => evaluation.Add(Mask(0, 0), Mask(0, 0), "a.png", evidence: new SegmentationEvidence { Probabilities = probabilities }));

        StringAssert.Contains(error.Message, expected);
        Assert.AreEqual(0, evaluation.ImageCount);
    }

    [TestMethod]
    public void Add_WithoutEvidence_SaysWhatIsMissing()
    {
        var evaluation = new SegmentationEvaluation(GoldenMetrics.Labels(2), _options);

        Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add(Mask(0), Mask(0)));
    }

    private static SegmentationMask Mask(params byte[] ids) => new(1, ids.Length, ids);

    private static void AddGolden(SegmentationEvaluation evaluation, JsonElement golden, int[] images, bool confidenceAlone)
    {
        foreach (int index in images)
        {
            var image = golden.GetProperty("images")[index];
            var truth = GoldenMetrics.Mask(evaluation.Labels, "calibration", image.GetProperty("label").GetString()!);
            float[] probabilities = MemoryMarshal.Cast<byte, float>(
                File.ReadAllBytes(GoldenMetrics.Find("calibration", image.GetProperty("probabilities").GetString()!))).ToArray();
            int plane = truth.Ids.Length;
            byte[] likeliest = [.. Enumerable.Range(0, plane).Select(i => (byte)Enumerable.Range(0, Classes).MaxBy(id => probabilities[id * plane + i]))];
            var evidence = confidenceAlone
                ? new SegmentationEvidence { Confidence = likeliest.Select((id, i) => probabilities[id * plane + i]).ToArray() }
                : new SegmentationEvidence { Probabilities = probabilities };
            evaluation.Add(truth, new SegmentationMask(truth.Height, truth.Width, likeliest), $"image {index}", evidence: evidence);
        }
    }

    private static void Same(JsonElement golden, string name, SegmentationCalibration actual)
    {
        var expected = golden.GetProperty("results").GetProperty(name);
        Assert.AreEqual(expected.GetProperty("pixels").GetInt64(), actual.PixelCount, name);
        GoldenMetrics.AreEqual(expected.GetProperty("accuracy"), actual.Accuracy, name);
        GoldenMetrics.AreEqual(expected.GetProperty("mean_confidence"), actual.MeanConfidence, name);
        GoldenMetrics.AreEqual(expected.GetProperty("ece"), actual.ExpectedError, name);
        GoldenMetrics.AreEqual(expected.GetProperty("mce"), actual.MaximumError, name);
        GoldenMetrics.AreEqual(expected.GetProperty("brier"), actual.BrierScore, name);
        GoldenMetrics.AreEqual(expected.GetProperty("nll"), actual.NegativeLogLikelihood, name);
        foreach (var (i, bin) in expected.GetProperty("bins").EnumerateArray().Index())
        {
            string what = $"bin {i} of {name}";
            Assert.AreEqual(bin.GetProperty("count").GetInt64(), actual.Bins[i].PixelCount, what);
            GoldenMetrics.AreEqual(bin.GetProperty("lower"), actual.Bins[i].Lower, what);
            GoldenMetrics.AreEqual(bin.GetProperty("upper"), actual.Bins[i].Upper, what);
            GoldenMetrics.AreEqual(bin.GetProperty("mean_confidence"), actual.Bins[i].MeanConfidence, what);
            GoldenMetrics.AreEqual(bin.GetProperty("accuracy"), actual.Bins[i].Accuracy, what);
        }
    }
}
