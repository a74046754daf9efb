// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class MeasuresTests
{
    private static readonly SegmentationEvaluationOptions _all = new()
    {
        Boundaries = new SegmentationBoundaryOptions { Thresholds = [1, 3], TrimapWidths = [1, 3] },
        ErrorSplit = new SegmentationErrorSplitOptions(),
        Calibration = new SegmentationCalibrationOptions(),
        Suspects = new SegmentationSuspectOptions { SmallestRegion = 1, BorderDistance = 0, MostOfAnImage = 2 },
    };

    [TestMethod]
    public void Boundaries_AnyScene_AreWhatTheDefinitionsSay() => DrawnScene.Any.Sample(scene =>
    {
        var evaluation = new SegmentationEvaluation(DrawnScene.Labels, new SegmentationEvaluationOptions
        {
            // The diagonal is below 100 pixels: 0.02 of it are 1 or 2.
            Boundaries = new SegmentationBoundaryOptions { Thresholds = [1, 3], TrimapWidths = [1, 3] },
        });
        scene.AddTo(evaluation);
        var slow = new SlowBoundaries(scene, DrawnScene.Classes);
        int distance = Math.Max(1, (int)Math.Round(0.02 * Math.Sqrt(scene.Height * scene.Height + scene.Width * scene.Width), MidpointRounding.ToEven));

        var boundaries = evaluation.Boundaries!;

        for (int id = 0; id < DrawnScene.Classes; id++)
        {
            for (int i = 0; i < 2; i++)
            {
                Assert.AreEqual(slow.FScore(id, 1 + 2 * i), boundaries.FScores[i].PerClassPublishedFScore[id], GoldenMetrics.Tolerance);
                Assert.AreEqual(slow.TrimapIoU(id, 1 + 2 * i), boundaries.Trimaps[i].PerClassIoU[id]);
            }

            Assert.AreEqual(slow.BoundaryIoU(id, distance), boundaries.PerClassBoundaryIoU[id]);
        }
    }, iter: 30);

    [TestMethod]
    public void ErrorSplit_AnyScene_CoversTheLostIoU() => DrawnScene.Any.Sample(scene =>
    {
        var evaluation = new SegmentationEvaluation(DrawnScene.Labels, new SegmentationEvaluationOptions { ErrorSplit = new SegmentationErrorSplitOptions() });
        scene.AddTo(evaluation);

        var split = evaluation.ErrorSplit!;

        Assert.AreEqual(scene.Truth.Zip(scene.Prediction).Count(pixel => pixel.First < DrawnScene.Classes && pixel.First != pixel.Second), split.WrongCount);
        for (int id = 0; id < DrawnScene.Classes; id++)
        {
            var errors = split.PerClass[id];
            Assert.AreEqual(evaluation.Metrics.PerClassIoU[id], errors.IoU);
            if (!double.IsNaN(errors.IoU))
                Assert.AreEqual(1, errors.IoU + errors.BorderLoss + errors.ExtentLoss + errors.WholeLoss, 1e-12); // four roundings
        }
    }, iter: 300);

    [TestMethod]
    public void Add_AnyPartitionInAnyOrder_EqualsTheWholeBitForBit() =>
        (from scenes in DrawnScene.Any.Array[0, 8]
         from sources in Gen.OneOf<string?>(null, "day", "night").Array[scenes.Length]
         from parts in Gen.Int[0, 2].Array[scenes.Length]
         from order in Gen.Shuffle(Enumerable.Range(0, scenes.Length).ToArray())
         from keepImages in Gen.Bool
         select (scenes, sources, parts, order, keepImages)).Sample(drawn =>
        {
            var options = drawn.keepImages ? _all : _all with { KeepImages = false, Suspects = null };
            byte[] whole = DrawnImage.Save(Evaluate(Enumerable.Range(0, drawn.scenes.Length)));

            var sum = new SegmentationEvaluation(DrawnScene.Labels, options);
            foreach (var part in drawn.order.GroupBy(index => drawn.parts[index]))
                sum.Add(Evaluate(part));

            CollectionAssert.AreEqual(whole, DrawnImage.Save(sum));
            CollectionAssert.AreEqual(whole, DrawnImage.Save(DrawnImage.Load(whole)));

            SegmentationEvaluation Evaluate(IEnumerable<int> indexes)
            {
                var evaluation = new SegmentationEvaluation(DrawnScene.Labels, options);
                foreach (int index in indexes)
                    drawn.scenes[index].AddTo(evaluation, $"{index}.png", drawn.sources[index]);
                return evaluation;
            }
        }, iter: 100);

    [TestMethod]
    public void Suspects_TwoWrongRegions_AreFoundWithTheirBoxes()
    {
        var evaluation = new SegmentationEvaluation(DrawnScene.Labels, _all with
        {
            Suspects = new SegmentationSuspectOptions { Confidence = 0.75, SmallestRegion = 2, BorderDistance = 0 },
        });
        // The label says 0 everywhere. The model is sure of 1 in an L of three pixels and of 2 in one, and not sure of 1 at the end.
        byte[] prediction =
        [
            0, 1, 0, 0,
            0, 1, 1, 2,
            0, 0, 0, 0,
            1, 1, 0, 0,
        ];
        float[] confidence = [.. Enumerable.Repeat(1f, 16)];
        (confidence[1], confidence[5], confidence[6]) = (0.75f, 1f, 0.875f);
        (confidence[12], confidence[13]) = (0.5f, 0.5f);
        evaluation.Add(new SegmentationMask(4, 4, new byte[16]), new SegmentationMask(4, 4, prediction), "a.png", evidence: new SegmentationEvidence { Confidence = confidence });

        var suspect = evaluation.Images.Single().Suspects.Single();

        Assert.AreEqual((0, 1, 3), (suspect.Actual, suspect.Predicted, suspect.PixelCount));
        Assert.AreEqual((0, 1, 2, 2), (suspect.Row, suspect.Column, suspect.Height, suspect.Width));
        Assert.AreEqual((0.75 + 1 + 0.875) / 3, suspect.MeanConfidence, 1e-9); // fixed point
    }

    [TestMethod]
    public void Suspects_NearATrueBorder_AreLeftOut()
    {
        var evaluation = new SegmentationEvaluation(DrawnScene.Labels, new SegmentationEvaluationOptions
        {
            Suspects = new SegmentationSuspectOptions { SmallestRegion = 1, BorderDistance = 2 },
        });
        // The border runs between columns 2 and 3: columns 0 to 5 are within 2 of its pixels.
        evaluation.Add(
            new SegmentationMask(1, 8, [0, 0, 0, 1, 1, 1, 1, 1]), new SegmentationMask(1, 8, [1, 1, 1, 1, 0, 0, 0, 0]), evidence: new SegmentationEvidence
            {
                Confidence = Enumerable.Repeat(1f, 8).ToArray(),
            });

        var suspect = evaluation.Images.Single().Suspects.Single();

        Assert.AreEqual((1, 0, 6, 2), (suspect.Actual, suspect.Predicted, suspect.Column, suspect.PixelCount));
    }

    [TestMethod]
    public void Add_OtherMeasures_IsRefused()
    {
        var one = new SegmentationEvaluation(DrawnScene.Labels, new SegmentationEvaluationOptions { ErrorSplit = new SegmentationErrorSplitOptions() });
        var other = new SegmentationEvaluation(DrawnScene.Labels, new SegmentationEvaluationOptions { ErrorSplit = new SegmentationErrorSplitOptions { BorderDistance = 3 } });

        var error = Assert.ThrowsExactly<ArgumentException>(() => one.Add(other));

        StringAssert.Contains(error.Message, "\"borderDistance\":3");
    }

    [TestMethod]
    public void Add_MeasuresThatThisLacks_IsRefused()
    {
        var one = new SegmentationEvaluation(DrawnScene.Labels, keepImages: false);
        var other = new SegmentationEvaluation(DrawnScene.Labels, new SegmentationEvaluationOptions { ErrorSplit = new SegmentationErrorSplitOptions() });

        Assert.ThrowsExactly<ArgumentException>(() => one.Add(other));
    }

    [TestMethod]
    public void SegmentationEvaluation_SuspectsWithoutImages_IsRefused() => Assert.ThrowsExactly<ArgumentException>(
        () => new SegmentationEvaluation(DrawnScene.Labels, new SegmentationEvaluationOptions { KeepImages = false, Suspects = new SegmentationSuspectOptions() }));

    [TestMethod]
    public void Options_OutOfRange_AreRefused()
    {
        Action[] wrong =
        [
            () => _ = new SegmentationBoundaryOptions { Thresholds = [0] },
            () => _ = new SegmentationBoundaryOptions { Thresholds = [0.2] },
            () => _ = new SegmentationBoundaryOptions { Thresholds = [1.5] },
            () => _ = new SegmentationBoundaryOptions { Thresholds = [double.NaN] },
            () => _ = new SegmentationBoundaryOptions { Thresholds = [.. Enumerable.Repeat(1.0, 17)] },
            () => _ = new SegmentationBoundaryOptions { BoundaryIoURatio = double.NaN },
            () => _ = new SegmentationBoundaryOptions { BoundaryIoURatio = 0 },
            () => _ = new SegmentationBoundaryOptions { TrimapWidths = [0] },
            () => _ = new SegmentationBoundaryOptions { TrimapDistance = (PixelDistance)2 },
            () => _ = new SegmentationErrorSplitOptions { BorderDistance = -1 },
            () => _ = new SegmentationCalibrationOptions { Bins = 0 },
            () => _ = new SegmentationSuspectOptions { Confidence = double.NaN },
            () => _ = new SegmentationSuspectOptions { SmallestRegion = 0 },
            () => _ = new SegmentationSuspectOptions { MostOfAnImage = 0 },
            () => _ = new SegmentationSuspectOptions { BorderDistance = 1025 },
        ];

        foreach (var action in wrong)
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(action);
    }
}
