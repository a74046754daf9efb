// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using CsCheck;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class FusedSoftmaxTests
{
    // Logits within 10 of 0, rounded by float32 at about 1e-6 a step of the enlargement, move a probability by as much of itself; the
    // exponential adds 2e-7, the sum over 255 classes 1e-6.
    private const double Tolerance = 1e-5;

    [TestMethod]
    public void Compute_AnyShape_EqualsEnlargingThenSoftmaxInDouble() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 12], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 200], Gen.Int[0, 1_000_000])
            .Sample(
                shape => AssertEqual(shape.Item1, shape.Item2, shape.Item3, shape.Item4, shape.Item5, Random(shape.Item1 * shape.Item2 * shape.Item3, shape.Item6)),
                iter: 200, threads: 1);

    [TestMethod]
    [DataRow(1, 4, 4, 8, 64)]       // one class
    [DataRow(2, 1, 1, 7, 33)]       // one logit for the whole image
    [DataRow(255, 3, 5, 9, 70)]     // the most classes
    [DataRow(19, 1, 9, 1, 300)]
    [DataRow(19, 9, 1, 300, 1)]
    [DataRow(19, 16, 32, 256, 512)] // the ratio of sfnet-dfv1
    [DataRow(19, 64, 128, 256, 512)]// the ratio of sfnet-lite-r18
    [DataRow(19, 40, 70, 40, 70)]   // no enlargement
    [DataRow(7, 50, 90, 20, 33)]    // a smaller mask than the logits
    public void Compute_CornerShapes_EqualsEnlargingThenSoftmaxInDouble(int classes, int height, int width, int newHeight, int newWidth) =>
        AssertEqual(classes, height, width, newHeight, newWidth, Random(classes * height * width, seed: 3));

    [TestMethod]
    public void Compute_LogitsFarApartAndLarge_NeitherOverflowsNorLosesTheRest()
    {
        // e^1000 is no float; e^-3 = 0.0498 of the largest is, and e^-200 of it is nothing.
        float[] logits = [1000, 997, 800];
        var confidence = new float[6];
        var probabilities = new float[18];

        FusedSoftmax.Compute(logits, 3, 1, 1, confidence, probabilities, 2, 3);

        double largest = 1 / (1 + Math.Exp(-3));
        for (int pixel = 0; pixel < 6; pixel++)
        {
            Assert.AreEqual(largest, confidence[pixel], 1e-6);
            Assert.AreEqual(largest, probabilities[pixel], 1e-6);
            Assert.AreEqual(1 - largest, probabilities[6 + pixel], 1e-6);
            Assert.AreEqual(0, probabilities[12 + pixel], 1e-30);
        }
    }

    [TestMethod]
    public void Compute_OneOfTheTwoAlone_GivesTheSameBits()
    {
        float[] logits = Random(19 * 8 * 16, seed: 4);
        float[] confidence = new float[40 * 60], alone = new float[40 * 60];
        float[] probabilities = new float[19 * 40 * 60], probabilitiesAlone = new float[19 * 40 * 60];

        FusedSoftmax.Compute(logits, 19, 8, 16, confidence, probabilities, 40, 60);
        FusedSoftmax.Compute(logits, 19, 8, 16, alone, [], 40, 60);
        FusedSoftmax.Compute(logits, 19, 8, 16, [], probabilitiesAlone, 40, 60);

        CollectionAssert.AreEqual(confidence, alone);
        CollectionAssert.AreEqual(probabilities, probabilitiesAlone);
    }

    [TestMethod]
    public void Compute_Again_AllocatesNothing()
    {
        float[] logits = Random(19 * 8 * 16, seed: 1);
        var confidence = new float[128 * 256];
        var probabilities = new float[19 * 128 * 256];

        // The least of several: a collection meanwhile may empty the pool of arrays.
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            FusedSoftmax.Compute(logits, 19, 8, 16, confidence, probabilities, 128, 256);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.AreEqual(0, least);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(8)]
    [DataRow(19)]
    [DataRow(255)]
    public void Pixel_AnyCount_IsTheSoftmax(int classes)
    {
        float[] scores = Random(classes, seed: classes);
        var terms = new float[classes];

        float withTerms = FusedSoftmax.Pixel(scores, scores.Max(), terms);
        float alone = FusedSoftmax.Pixel(scores, scores.Max(), []);

        double[] expected = Softmax([.. scores.Select(score => (double)score)]);
        Assert.AreEqual(expected.Max(), withTerms, Tolerance);
        Assert.AreEqual(withTerms, alone);
        for (int id = 0; id < classes; id++)
            Assert.AreEqual(expected[id], terms[id], Tolerance, $"class {id}");
    }

    [TestMethod]
    public void OfNonPositive_WholeRange_IsWithinTwoRoundings()
    {
        for (int i = 0; i <= 86_000; i++)
        {
            float x = -i / 1000f;

            float actual = VectorExp.OfNonPositive(new Vector<float>(x))[0];

            double expected = Math.Exp(x);
            Assert.AreEqual(expected, actual, 2.4e-7 * expected, $"e^{x}"); // two roundings of float32
        }
    }

    [TestMethod]
    [DataRow(-87f)]
    [DataRow(-1e30f)]
    [DataRow(float.NegativeInfinity)]
    public void OfNonPositive_Below_IsNextToNothing(float x) =>
        Assert.IsTrue(VectorExp.OfNonPositive(new Vector<float>(x))[0] is >= 0 and < 1e-37f);

    private static void AssertEqual(int classes, int height, int width, int newHeight, int newWidth, float[] logits)
    {
        int plane = newHeight * newWidth;
        var confidence = new float[plane];
        var probabilities = new float[classes * plane];
        var ids = new byte[plane];

        FusedSoftmax.Compute(logits, classes, height, width, confidence, probabilities, newHeight, newWidth);
        FusedArgMax.Compute(logits, classes, height, width, ids, newHeight, newWidth);

        for (int pixel = 0; pixel < plane; pixel++)
        {
            string place = $"{(classes, height, width, newHeight, newWidth)} row {pixel / newWidth}, column {pixel % newWidth}";
            double[] expected = Softmax(BilinearSample.At(
                logits, classes, height, width,
                (double)(pixel / newWidth) * (height - 1) / Math.Max(newHeight - 1, 1), (double)(pixel % newWidth) * (width - 1) / Math.Max(newWidth - 1, 1)));
            double sum = 0;
            for (int id = 0; id < classes; id++)
            {
                float actual = probabilities[(id * plane) + pixel];
                Assert.AreEqual(expected[id], actual, Tolerance, $"{place}, class {id}");
                sum += actual;
            }

            Assert.AreEqual(1, sum, Tolerance, place);
            Assert.AreEqual(expected.Max(), confidence[pixel], Tolerance, place);
            // The mask's class is the likeliest, or as likely but for roundings.
            Assert.AreEqual(confidence[pixel], probabilities[(ids[pixel] * plane) + pixel], Tolerance, place);
        }
    }

    private static double[] Softmax(double[] values)
    {
        double largest = values.Max(), sum = values.Sum(value => Math.Exp(value - largest));
        return [.. values.Select(value => Math.Exp(value - largest) / sum)];
    }

    private static float[] Random(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 20) - 10)];
    }
}
