// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Tests.Evaluation;

[TestClass]
public sealed class SentencesTests
{
    private static readonly LabelMap _labels = LabelMap.FromClassNames("street", "road", "car", "sky");

    [TestMethod]
    public void GetLargestConfusions_ThreeKinds_AreSentencesByTheirPixels()
    {
        var counts = new SegmentationConfusionMatrix(_labels);
        counts.Add(0, 0, 6000);
        counts.Add(0, 1, 2000);
        counts.Add(1, 0, 1);
        counts.Add(1, 1, 3);
        counts.Add(2, 255, 500);

        var confusions = new SemanticSegmentationMetrics(counts).GetLargestConfusions();

        CollectionAssert.AreEqual(
            new[]
            {
                "25.0 % of 'road' is predicted as 'car': 2,000 pixels, 80.0 % of all that is wrong.",    // 2000 of 8000, of 2501
                "100.0 % of 'sky' is predicted as no class: 500 pixels, 20.0 % of all that is wrong.",
                "25.0 % of 'car' is predicted as 'road': 1 pixel, 0.0 % of all that is wrong.",
            },
            confusions.Select(confusion => confusion.ToString()).ToArray());
        Assert.HasCount(1, new SemanticSegmentationMetrics(counts).GetLargestConfusions(1));
    }

    [TestMethod]
    public void RankImages_GoodBadAndEmpty_StandWorstFirstWithTheReason()
    {
        var evaluation = new SegmentationEvaluation(_labels);
        evaluation.Add(Mask(0, 0, 1, 1), Mask(0, 0, 1, 1), "good.png");
        evaluation.Add(Mask(0, 0, 0, 1), Mask(0, 0, 2, 0), "bad.png");
        evaluation.Add(Mask(0, 0, 0, 1), Mask(0, 0, 0, 255), "worse.png");
        evaluation.Add(Mask(255), Mask(0), "empty.png");

        var ranked = evaluation.RankImages();

        // bad: road 2 of 4, car 0, sky 0. worse: road 1, car 0.
        CollectionAssert.AreEqual(new[] { "bad.png", "worse.png", "good.png", "empty.png" }, ranked.Select(image => image.Image.Name).ToArray());
        CollectionAssert.AreEqual(
            new[]
            {
                "50.0 % of the pixels are wrong; the largest part is 'road' predicted as 'sky' (1 pixel). Not found: 'car'. Invented: 'sky'.",
                "25.0 % of the pixels are wrong; all of them are 'car' predicted as no class (1 pixel). Not found: 'car'.",
                "No pixel is wrong.",
                "No pixel is wrong.",
            },
            ranked.Select(image => image.Reason).ToArray());
        // All: road 7 of 9, car 2 of 4, sky 0 of 1. With bad.png right: road 8 of 8, car 3 of 4, and no sky.
        Assert.AreEqual((8 / 8.0 + 3 / 4.0) / 2 - (7 / 9.0 + 2 / 4.0 + 0) / 3, ranked[0].MeanIoUGain, 1e-12); // rounding
        Assert.AreEqual(0, ranked[2].MeanIoUGain);
    }

    [TestMethod]
    public void GetSuspectedLabels_TwoImages_AreSentencesByTheirPixels()
    {
        var evaluation = new SegmentationEvaluation(_labels, new SegmentationEvaluationOptions
        {
            Suspects = new SegmentationSuspectOptions { SmallestRegion = 1, BorderDistance = 0 },
        });
        evaluation.Add(Mask(0, 0, 0), Mask(0, 1, 0), "a.png", evidence: new SegmentationEvidence { Confidence = new float[] { 1, 1, 1 } });
        evaluation.Add(Mask(0, 0, 0), Mask(2, 2, 0), "b.png", evidence: new SegmentationEvidence { Confidence = new float[] { 1, 0.9375f, 1 } });

        CollectionAssert.AreEqual(
            new[]
            {
                "'b.png', row 0, column 0, 1 x 2: labelled 'road', and the model is sure of 'sky' (2 pixels, confidence 0.97).",
                "'a.png', row 0, column 1, 1 x 1: labelled 'road', and the model is sure of 'car' (1 pixel, confidence 1.00).",
            },
            evaluation.GetSuspectedLabels().Select(suspect => suspect.ToString()).ToArray());
    }

    private static SegmentationMask Mask(params byte[] ids) => new(1, ids.Length, ids);
}
