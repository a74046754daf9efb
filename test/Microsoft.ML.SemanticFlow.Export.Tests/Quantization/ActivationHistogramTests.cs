// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Quantization;

namespace Microsoft.ML.SemanticFlow.Export.Tests.Quantization;

[TestClass]
public sealed class ActivationHistogramTests
{
    [TestMethod]
    public void Whole_SeveralImages_IsFromTheLowestToTheHighest()
    {
        var histogram = Of([0.5f, -2, 3], [7, 1], []);

        Assert.AreEqual(new ActivationRange(-2, 7), histogram.Whole());
        Assert.AreEqual(5, histogram.Total);
    }

    [TestMethod]
    public void Without_AShareAtEachEnd_CutsTheRarestValues()
    {
        // 1000 values: one at -50, one at 100, the others evenly from 0 to 10.
        var histogram = Of([-50, 100, .. Enumerable.Range(0, 998).Select(i => i * 10f / 998)]);

        var range = histogram.Without(0.001);

        // The bins of 100 / 1024 and wider are 0.0625 to 0.125 wide.
        Assert.AreEqual(0, range.Low, 0.125);
        Assert.AreEqual(10, range.High, 0.125);
        Assert.AreEqual(new ActivationRange(-50, 100), histogram.Without(0));
    }

    [TestMethod]
    public void Add_InAnyOrder_GivesTheSameRanges()
    {
        var random = new Random(5);
        float[][] images = [.. Enumerable.Range(0, 6).Select(image => Enumerable.Range(0, 500).Select(_ => (random.NextSingle() - 0.4f) * MathF.Pow(9, image - 3)).ToArray())];

        var forwards = Of(images);
        var backwards = Of([.. images.Reverse()]);

        foreach (double share in new[] { 0.001, 0.01, 0.1, 0.3 })
            Assert.AreEqual(forwards.Without(share), backwards.Without(share));
        Assert.AreEqual(forwards.OfLeastDivergence(), backwards.OfLeastDivergence());
    }

    [TestMethod]
    public void OfLeastDivergence_AFlatDistribution_KeepsTheWhole()
    {
        var histogram = Of([.. Enumerable.Range(0, 200_000).Select(i => i / 200_000f * 8)]);

        Assert.AreEqual(8, histogram.OfLeastDivergence().High, 0.25);
    }

    [TestMethod]
    public void OfLeastDivergence_OneValueFarOut_LeavesItOut()
    {
        // A bell of width 1 around 0, with a value at 1000 that alone would make a step wider than the bell.
        var random = new Random(7);
        float[] bell = [.. Enumerable.Range(0, 100_000).Select(_ => (float)Enumerable.Range(0, 12).Sum(_ => random.NextDouble() - 0.5))];

        var range = Of([.. bell, 1000]).OfLeastDivergence();

        Assert.IsTrue(range.High is > 2 and < 500, $"{range}");
    }

    [TestMethod]
    public void OfLeastDivergence_ManyZeros_AreNotWhatTheRangeIsChosenBy()
    {
        float[] values = [.. Enumerable.Range(1, 20_000).Select(i => i / 20_000f * 8)];

        var with = Of([.. values, .. new float[500_000]]).OfLeastDivergence();

        Assert.AreEqual(Of(values).OfLeastDivergence().High, with.High, 1e-6);
    }

    [TestMethod]
    public void Without_NothingButZeros_IsEmpty()
    {
        var histogram = Of([0, 0, 0]);

        Assert.AreEqual(new ActivationRange(0, 0), histogram.Without(0.01));
        Assert.AreEqual(new ActivationRange(0, 0), histogram.OfLeastDivergence());
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void Add_ValueThatIsNoNumber_SaysThatTrainingDiverged(float value)
    {
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Of([1, value]));

        StringAssert.Contains(exception.Message, "diverged");
    }

    [TestMethod]
    [DataRow(-1.0, 3.0, 4 / 255.0, 64)]     // 0 lies at 63.75
    [DataRow(2.0, 5.1, 0.02, 0)]            // 0 belongs to every range
    [DataRow(-5.1, -2.0, 0.02, 255)]
    public void ActivationRange_OfValues_HasAStepForZero(double low, double high, double scale, int zero)
    {
        var range = new ActivationRange(low, high);

        Assert.AreEqual(scale, range.Scale, 1e-7);
        Assert.AreEqual(zero, range.ZeroPoint);
    }

    private static ActivationHistogram Of(params float[][] images)
    {
        var histogram = new ActivationHistogram();
        foreach (float[] image in images)
            histogram.Add(image);
        return histogram;
    }
}
