// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using CsCheck;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class FusedArgMaxTests
{
    private delegate void Enlargement(ReadOnlySpan<float> logits, int classes, int height, int width, Span<byte> ids, int newHeight, int newWidth);

    [TestMethod]
    public void Compute_AnyShape_EqualsEnlargingThenComparing() =>
        Shapes().Sample(shape => AssertEqual(FusedArgMax.Compute, shape), iter: 300, threads: 1);

    [TestMethod]
    public void Dense_AnyShape_EqualsEnlargingThenComparing() =>
        Shapes().Sample(shape => AssertEqual(FusedArgMax.Dense, shape), iter: 300, threads: 1);

    [TestMethod]
    public void Envelope_AnyShape_EqualsEnlargingThenComparing() =>
        Shapes().Sample(shape => AssertEqual(FusedArgMax.Envelope, shape), iter: 300, threads: 1);

    [TestMethod]
    [DataRow(255, 3, 5, 9, 70)]     // the most classes
    [DataRow(2, 1, 1, 7, 33)]       // one logit for the whole image
    [DataRow(19, 1, 9, 1, 300)]
    [DataRow(19, 9, 1, 300, 1)]
    [DataRow(1, 4, 4, 8, 64)]       // one class
    [DataRow(19, 16, 32, 256, 512)] // the ratio of sfnet-dfv1
    [DataRow(19, 64, 128, 256, 512)]// the ratio of sfnet-lite-r18
    [DataRow(19, 40, 70, 40, 70)]   // no enlargement
    [DataRow(7, 50, 90, 20, 33)]    // a smaller mask than the logits
    public void Compute_CornerShapes_EqualsEnlargingThenComparing(int classes, int height, int width, int newHeight, int newWidth)
    {
        AssertEqual(FusedArgMax.Compute, (classes, height, width, newHeight, newWidth, 1));
        AssertEqual(FusedArgMax.Dense, (classes, height, width, newHeight, newWidth, 2));
        AssertEqual(FusedArgMax.Envelope, (classes, height, width, newHeight, newWidth, 3));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    [DataRow(16)]
    public void Compute_EqualLogits_TakesTheFirstClass(int factor)
    {
        // Class 0 is lower everywhere; 1, 2 and 3 are the same.
        float[] logits = new float[4 * 6 * 10];
        logits.AsSpan(60).Fill(1);
        var ids = new byte[6 * factor * 10 * factor];

        FusedArgMax.Compute(logits, 4, 6, 10, ids, 6 * factor, 10 * factor);

        Assert.IsTrue(ids.All(id => id == 1));
    }

    [TestMethod]
    [DataRow(1, 40)]
    [DataRow(2, 50)]
    [DataRow(2, 200)]
    public void Compute_NotANumber_StaysWithinTheClasses(int factor, int newWidth)
    {
        float[] logits = Random(5 * 10 * 20, seed: 7);
        for (int i = 0; i < logits.Length; i += 3)
            logits[i] = float.NaN;
        var ids = new byte[10 * factor * newWidth];

        FusedArgMax.Compute(logits, 5, 10, 20, ids, 10 * factor, newWidth);

        Assert.IsTrue(ids.All(id => id < 5));
    }

    [TestMethod]
    public void Compute_Again_AllocatesNothing()
    {
        float[] logits = Random(19 * 8 * 16, seed: 1);
        var ids = new byte[128 * 256];
        FusedArgMax.Compute(logits, 19, 8, 16, ids, 128, 256);
        FusedArgMax.Dense(logits, 19, 8, 16, ids, 128, 256);

        long before = GC.GetAllocatedBytesForCurrentThread();
        FusedArgMax.Compute(logits, 19, 8, 16, ids, 128, 256);
        FusedArgMax.Dense(logits, 19, 8, 16, ids, 128, 256);

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Gen<(int Classes, int Height, int Width, int NewHeight, int NewWidth, int Seed)> Shapes() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 12], Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 300], Gen.Int[0, 1_000_000]);

    private static float[] Random(int length, int seed)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (int i = 0; i < length; i++)
            values[i] = (random.NextSingle() * 20) - 10;
        return values;
    }

    private static void AssertEqual(Enlargement enlarge, (int Classes, int Height, int Width, int NewHeight, int NewWidth, int Seed) shape)
    {
        var (classes, height, width, newHeight, newWidth, seed) = shape;
        float[] logits = Random(classes * height * width, seed);
        var ids = new byte[newHeight * newWidth];
        ids.AsSpan().Fill(254);

        enlarge(logits, classes, height, width, ids, newHeight, newWidth);

        int wrong = 0;
        string first = "";
        for (int y = 0; y < newHeight; y++)
        {
            for (int x = 0; x < newWidth; x++)
            {
                double[] values = BilinearSample.At(
                    logits, classes, height, width, (double)y * (height - 1) / Math.Max(newHeight - 1, 1), (double)x * (width - 1) / Math.Max(newWidth - 1, 1));
                int best = Array.IndexOf(values, values.Max());
                int actual = ids[(y * newWidth) + x];
                // float32 rounds the 20 wide range at about 1e-6 a step: closer than 1e-5 of the range, either class is right.
                if (actual == best || (actual < classes && values[best] - values[actual] < 20 * 1e-5))
                    continue;
                if (wrong++ == 0)
                    first = $"at row {y}, column {x}: expected {best}, got {actual}";
            }
        }

        Assert.AreEqual(0, wrong, $"{shape} {first}");
    }
}
