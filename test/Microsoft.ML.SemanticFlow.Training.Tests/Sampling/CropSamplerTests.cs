// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class CropSamplerTests
{
    [TestMethod]
    public void Draw_EpochsOfTheReference_HaveItsCounts()
    {
        var epochs = JsonDocument.Parse(TestFiles.Bytes("class_uniform.json")).RootElement.GetProperty("build_epoch_counts");

        foreach (var epoch in epochs.EnumerateArray())
        {
            int images = epoch.GetProperty("images").GetInt32(), classes = epoch.GetProperty("classes").GetInt32();
            int[] absent = epoch.GetProperty("classes_without_any_centroid").Integers();
            var centroids = Centroids(classes, classId => absent.Contains(classId) ? 0 : 5);

            var sampler = new CropSampler(images, epoch.GetProperty("class_uniform_pct").GetDouble(), centroids);
            var drawn = sampler.Draw(new Random(1));

            Assert.AreEqual(epoch.GetProperty("epoch_length").GetInt32(), drawn.Length, $"{epoch}");
            Assert.AreEqual(drawn.Length, sampler.Count);
            Assert.AreEqual(epoch.GetProperty("random").GetInt32(), drawn.Count(crop => crop.Around is null));
            Assert.IsTrue(drawn.Where(crop => crop.Around is not null).CountBy(ClassOf).All(pair => pair.Value == epoch.GetProperty("per_class").GetInt32()));
        }
    }

    [TestMethod]
    public void Draw_FewerCentroidsThanAreDrawn_TakesEachBeforeAnyAgain()
    {
        // 40 images, half for 2 classes: 10 of each, and 20 images of 40.
        var sampler = new CropSampler(40, 0.5, Centroids(2, classId => classId == 0 ? 4 : 30));

        var drawn = sampler.Draw(new Random(2));

        Assert.AreEqual(20, drawn.Where(crop => crop.Around is null).Distinct().Count());
        var counts = drawn.Where(crop => crop.Around is not null).CountBy(crop => crop).ToLookup(pair => ClassOf(pair.Key), pair => pair.Value);
        CollectionAssert.AreEquivalent(new[] { 2, 2, 3, 3 }, counts[0].ToArray()); // 10 over 4
        CollectionAssert.AreEquivalent(Enumerable.Repeat(1, 10).ToArray(), counts[1].ToArray());
    }

    [TestMethod]
    public void Draw_WithoutCentroids_IsEveryImageOnceInAnotherOrderEachTime()
    {
        var sampler = new CropSampler(50);
        var random = new Random(3);

        var first = sampler.Draw(random);
        var second = sampler.Draw(random);

        var all = Enumerable.Range(0, 50).Select(sample => new PlannedCrop(sample, null)).ToArray();
        CollectionAssert.AreEquivalent(all, first);
        CollectionAssert.AreEquivalent(all, second);
        CollectionAssert.AreNotEqual(first, second);
        CollectionAssert.AreEqual(first, new CropSampler(50).Draw(new Random(3)));
    }

    [TestMethod]
    public void Draw_WeightedSamples_ComeByTheirWeightsOverEpochs()
    {
        // 9 samples weigh 1, one weighs 3: of 10 crops an epoch, 10 x 9/12 = 7.5 and 10 x 3/12 = 2.5.
        var sampler = new CropSampler(10, sample => sample == 9 ? 3 : 1);
        var random = new Random(5);

        int[] heavy = [.. Enumerable.Range(0, 400).Select(_ => sampler.Draw(random).Count(crop => crop.Sample == 9))];

        CollectionAssert.AreEquivalent(new[] { 2, 3 }, heavy.Distinct().ToArray());
        Assert.AreEqual(2.5, heavy.Average(), 0.1); // four standard errors of a fair coin
    }

    [TestMethod]
    public void Draw_WeightBelowACropAnEpoch_StillComes()
    {
        // One sample of 100 weighs 0.1: 100 x 0.1/99.1 crops an epoch, about one in ten epochs.
        var sampler = new CropSampler(100, sample => sample == 0 ? 0.1 : 1);
        var random = new Random(6);

        int drawn = Enumerable.Range(0, 1000).Sum(_ => sampler.Draw(random).Count(crop => crop.Sample == 0));

        Assert.AreEqual(1000 * 100 * 0.1 / 99.1, drawn, 40); // four standard deviations
    }

    [TestMethod]
    public void Draw_WeightedCentroids_ComeByTheirWeights()
    {
        // Half of 40 crops for 2 classes: 10 of each. Of a class's 4 centroids, those in samples 0 and 1 weigh 4 together, the other two 1: 8 of 10.
        var sampler = new CropSampler(40, 0.5, Centroids(2, _ => 4), sample => sample < 2 ? 2 : 0.5);

        int[] heavy = [.. Enumerable.Range(0, 200).Select(seed => sampler.Draw(new Random(seed)).Count(crop => crop.Around is not null && ClassOf(crop) == 0 && crop.Sample < 2))];

        CollectionAssert.AreEquivalent(new[] { 8 }, heavy.Distinct().ToArray());
    }

    // The class is told by the row of its centroids.
    private static ClassCentroids Centroids(int classes, Func<int, int> count) =>
        new(Enumerable.Range(0, classes).Select(classId => Enumerable.Range(0, count(classId)).Select(i => new PlannedCrop(i, new Centroid(classId, i))).ToArray()));

    private static int ClassOf(PlannedCrop crop) => crop.Around!.Value.Y; // callers leave out those without
}
