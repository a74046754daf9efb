// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>Several passes and tiles with the tiny models; the numbers of the original are checked beside the networks.</summary>
[TestClass]
public sealed class InferenceTests
{
    private const string Free = "tiny-scoring.onnx", Fixed = "tiny-fixed.onnx";

    [TestMethod]
    [DataRow(TileBlending.Mean)]
    [DataRow(TileBlending.Linear)]
    public void RunScores_Tiles_EqualTheWholeBlendInOneBuffer(TileBlending blending)
    {
        // Tiles of 64 x 96 half on one another, the last ones more: rows at 0, 32, 64, 76 of 140, columns at 0, 48, 96, 105 of 201.
        using var model = SegmentationModel.Load(PathOf(Fixed));
        var image = Noise(140, 201, seed: 1);
        int[] tops = [0, 32, 64, 76], lefts = [0, 48, 96, 105];

        float[] scores = model.Scorer.RunScores(image, new InferenceOptions { SlidingWindow = new SlidingWindow { Height = 64, Width = 96, Overlap = 0.5, Blending = blending } });

        double[] sums = new double[3 * 140 * 201], weights = new double[140 * 201];
        for (int i = 0; i < tops.Length; i++)
        {
            for (int j = 0; j < lefts.Length; j++)
            {
                var (logits, height, width) = model.Scorer.RunLogits(Crop(image, tops[i], lefts[j], 64, 96));
                Assert.AreEqual((16, 24), (height, width));
                for (int y = 0; y < 64; y++)
                {
                    for (int x = 0; x < 96; x++)
                    {
                        double weight = blending == TileBlending.Mean ? 1 : Ramp(tops, i, 64, y) * Ramp(lefts, j, 96, x);
                        int pixel = ((tops[i] + y) * 201) + lefts[j] + x;
                        weights[pixel] += weight;
                        for (int id = 0; id < 3; id++)
                            sums[(id * 140 * 201) + pixel] += weight * Enlarged(logits.AsSpan(id * 16 * 24, 16 * 24), 16, 24, y * 15 / 63.0, x * 23 / 95.0);
                    }
                }
            }
        }

        for (int i = 0; i < scores.Length; i++)
            Assert.AreEqual(
                sums[i] / weights[i % weights.Length], scores[i], 1e-5, // float32 scores within [0, 1]
                $"class {i / weights.Length}, row {i % weights.Length / 201}, column {i % 201}");
    }

    [TestMethod]
    public void RunScores_Flip_IsTheMeanOfBothSides()
    {
        // Each pixel has its own score, so the mirrored copy's, mirrored back, is the same: 1 for white, 0 for black.
        using var model = SegmentationModel.Load(PathOf(Free));
        var image = Noise(40, 50, seed: 2);

        float[] once = model.Scorer.RunScores(image, new InferenceOptions()), twice = model.Scorer.RunScores(image, new InferenceOptions { Flip = true });

        for (int i = 0; i < once.Length; i++)
            Assert.AreEqual(image.Bgra[(4 * (i % 2000)) + 2 - (i / 2000)] / 255.0, once[i], 1e-5, $"score {i}");
        for (int i = 0; i < once.Length; i++)
            Assert.AreEqual(once[i], twice[i], 1e-5, $"score {i}");
    }

    [TestMethod]
    public void RunScores_FlipAtFixedSize_IsTheMeanOfTwoPredictions()
    {
        using var model = SegmentationModel.Load(PathOf(Fixed));
        var image = Noise(64, 96, seed: 3);
        var mirrored = new PixelImage(64, 96);
        for (int i = 0; i < 64 * 96; i++)
            image.Bgra.Slice(4 * i, 4).CopyTo(mirrored.Bgra.Slice(4 * ((i / 96 * 96) + 95 - (i % 96)), 4));

        float[] both = model.Scorer.RunScores(image, new InferenceOptions { Flip = true });

        float[] plain = model.Scorer.RunScores(image, new InferenceOptions()), other = model.Scorer.RunScores(mirrored, new InferenceOptions());
        for (int i = 0; i < both.Length; i++)
            Assert.AreEqual((plain[i] + other[(i / 96 * 96) + 95 - (i % 96)]) / 2, both[i], 1e-5, $"score {i}");
    }

    [TestMethod]
    public void Predict_DefaultOptions_GivesTheBitsOfPredict()
    {
        using var model = SegmentationModel.Load(PathOf(Fixed));
        var image = Noise(100, 130, seed: 4);

        var mask = model.Predict(image, source: null, new InferenceOptions());

        Assert.IsTrue(model.Predict(image).Ids.SequenceEqual(mask.Ids));
    }

    [TestMethod]
    public void Predict_ImageSmallerThanATile_IsOneTile()
    {
        using var model = SegmentationModel.Load(PathOf(Free));
        var image = Noise(33, 40, seed: 5);

        var mask = model.Predict(image, source: null, new InferenceOptions { SlidingWindow = new SlidingWindow { Height = 512, Width = 512 } });

        Assert.AreEqual((33, 40), (mask.Height, mask.Width));
        Assert.IsTrue(model.Predict(image).Ids.SequenceEqual(mask.Ids));
    }

    [TestMethod]
    public void Predict_Cancelled_Throws()
    {
        using var model = SegmentationModel.Load(PathOf(Free));

        Assert.Throws<OperationCanceledException>(
            () => model.Predict(Noise(40, 40, seed: 1), source: null, new InferenceOptions { Flip = true }, new CancellationToken(canceled: true)));
    }

    [TestMethod]
    public void Predict_ScaleLeavesTooLittle_NamesTheFileAndBothSizes()
    {
        using var model = SegmentationModel.Load(PathOf(Free));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => model.Predict(Noise(60, 90, seed: 1), "street.png", new InferenceOptions { Scales = [1, 0.5] }));

        Assert.AreEqual("Image 'street.png' is 60 x 90 pixels (height x width), at scale 0.5 30 x 45; tiny needs at least 32 on each side. Enlarge it.", error.Message);
    }

    [TestMethod]
    public void Predict_ScaleWithAFixedSize_SaysWhichSizeAndWhatToDo()
    {
        using var model = SegmentationModel.Load(PathOf(Fixed));

        var error = Assert.ThrowsExactly<ArgumentException>(() => model.Predict(Noise(64, 96, seed: 1), source: null, new InferenceOptions { Scales = [2] }));

        Assert.StartsWith("tiny was exported for images of 64 x 96 pixels (height x width) and cannot score at scale 2. Export it for images of any size.", error.Message);
    }

    [TestMethod]
    [DataRow(140, 201, 64, 64, "64 x 64")]
    [DataRow(60, 201, 64, 96, "60 x 96")]
    public void Predict_TilesThatAFixedSizeDoesNotFit_SaysBothSizes(int height, int width, int tileHeight, int tileWidth, string tile)
    {
        using var model = SegmentationModel.Load(PathOf(Fixed));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => model.Predict(
            Noise(height, width, seed: 1), source: null, new InferenceOptions { SlidingWindow = new SlidingWindow { Height = tileHeight, Width = tileWidth } }));

        Assert.AreEqual(
            $"The image is {height} x {width} pixels (height x width), which gives tiles of {tile}; tiny was exported for 64 x 96 alone. " +
            "Make the tiles that size, or export it for images of any size.", error.Message);
    }

    [TestMethod]
    public void Options_OutOfRange_Throw()
    {
        Assert.ThrowsExactly<ArgumentException>(() => new InferenceOptions { Scales = [] });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new InferenceOptions { Scales = [1, 0] });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new InferenceOptions { Scales = [double.NaN] });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SlidingWindow { Height = 31, Width = 64 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SlidingWindow { Height = 64, Width = 64, Overlap = 1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SlidingWindow { Height = 64, Width = 64, Blending = (TileBlending)2 });
    }

    [TestMethod]
    public void Options_OfTheSameValues_AreEqual()
    {
        var one = new InferenceOptions { Scales = [0.5, 1], SlidingWindow = new SlidingWindow { Height = 64, Width = 96 } };
        var same = new InferenceOptions { Scales = new List<double> { 0.5, 1 }, SlidingWindow = new SlidingWindow { Height = 64, Width = 96 } };

        Assert.AreEqual(one, same);
        Assert.AreEqual(one.GetHashCode(), same.GetHashCode());
        Assert.AreNotEqual(one, same with { Scales = [0.5, 2] });
        Assert.AreNotEqual(one, same with { SlidingWindow = same.SlidingWindow with { Overlap = 0.5 } });
    }

    // How much a tile counts at one of its pixels: up over what it shares with the tile before, down over what it shares with the next.
    private static double Ramp(int[] starts, int tile, int length, int pixel)
    {
        double up = tile == 0 ? 1 : (pixel + 0.5) / (starts[tile - 1] + length - starts[tile]);
        double down = tile == starts.Length - 1 ? 1 : (length - pixel - 0.5) / (starts[tile] + length - starts[tile + 1]);
        return Math.Min(1, Math.Min(up, down));
    }

    private static double Enlarged(ReadOnlySpan<float> plane, int height, int width, double y, double x)
    {
        int top = Math.Min((int)y, height - 2), left = Math.Min((int)x, width - 2);
        double down = y - top, right = x - left;
        var corner = plane[((top * width) + left)..];
        return ((1 - down) * (((1 - right) * corner[0]) + (right * corner[1]))) + (down * (((1 - right) * corner[width]) + (right * corner[width + 1])));
    }

    private static PixelImage Crop(PixelImage image, int top, int left, int height, int width)
    {
        var crop = new PixelImage(height, width);
        for (int y = 0; y < height; y++)
            image.Bgra.Slice((((top + y) * image.Width) + left) * 4, width * 4).CopyTo(crop.Bgra[(y * width * 4)..]);
        return crop;
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);

    private static PixelImage Noise(int height, int width, int seed)
    {
        var image = new PixelImage(height, width);
        new Random(seed).NextBytes(image.Bgra);
        return image;
    }
}
