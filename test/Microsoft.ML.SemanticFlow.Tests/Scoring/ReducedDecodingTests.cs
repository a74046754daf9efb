// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

[TestClass]
public sealed class ReducedDecodingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(512, 768, 64, 96, 64, 96)]         // an eighth, exactly
    [DataRow(511, 768, 64, 96, 64, 96)]         // rounded up
    [DataRow(504, 768, 64, 96, 126, 192)]       // 63 rows are too few: a quarter
    [DataRow(140, 200, 64, 96, 70, 100)]        // a half
    [DataRow(126, 300, 64, 96, 126, 300)]       // wide enough, not high enough
    [DataRow(101, 203, 10, 100, 51, 102)]
    public void Decode_Jpeg_IsTheSmallestPartThatIsEnough(int height, int width, int enoughHeight, int enoughWidth, int decodedHeight, int decodedWidth)
    {
        string jpeg = SaveJpeg(Smooth(height, width));

        var image = ImageCodec.Decode(jpeg, (enoughHeight, enoughWidth));

        Assert.AreEqual((decodedHeight, decodedWidth), (image.Height, image.Width));
        Assert.AreEqual((height, width), (image.FullHeight, image.FullWidth));
    }

    [TestMethod]
    public void Decode_HalfOfASmoothJpeg_IsTheMeanOfFourPixels()
    {
        string jpeg = SaveJpeg(Smooth(128, 192));
        var whole = ImageCodec.Decode(jpeg);

        var half = ImageCodec.Decode(jpeg, (64, 96));

        for (int y = 0; y < 64; y++)
        {
            for (int x = 0; x < 96; x++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    int At(int row, int column) => whole.Bgra[(4 * ((((2 * y) + row) * 192) + (2 * x) + column)) + channel];
                    double mean = (At(0, 0) + At(0, 1) + At(1, 0) + At(1, 1)) / 4.0;
                    Assert.AreEqual(mean, half.Bgra[(4 * ((y * 96) + x)) + channel], 6, $"row {y}, column {x}"); // chroma is stored at half size anyway
                }
            }
        }
    }

    [TestMethod]
    public void Decode_Png_IsWhole()
    {
        ImageCodec.SavePng(Smooth(128, 192), _folder["image.png"]);

        var image = ImageCodec.Decode(_folder["image.png"], (16, 24));

        Assert.AreEqual((128, 192, 128, 192), (image.Height, image.Width, image.FullHeight, image.FullWidth));
    }

    [TestMethod]
    public void Decode_JpegCutOff_IsRefusedAsAWholeOneIs()
    {
        byte[] bytes = File.ReadAllBytes(SaveJpeg(Noise(128, 192)));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageCodec.Decode(bytes.AsSpan(0, bytes.Length / 2), "cut.jpg", (64, 96)));

        Assert.StartsWith("Image 'cut.jpg' ends before its last row", error.Message);
    }

    [TestMethod]
    [DataRow(128, 192)]     // a half is the model's size
    [DataRow(150, 400)]     // a half is larger than it
    public void Predict_Jpeg_HasTheImagesSizeAndTheLogitsOfTheHalf(int height, int width)
    {
        string jpeg = SaveJpeg(Noise(height, width));
        using var model = SegmentationModel.Load(Fixed, new ExecutionOptions { ReducedDecoding = true });
        byte[] bytes = File.ReadAllBytes(jpeg);

        SegmentationMask[] masks =
            [model.Predict(jpeg), model.Predict(bytes), model.Predict(new MemoryStream(bytes)), model.PredictDetailed(jpeg, PredictionDetails.Confidence).Mask];

        var half = ImageCodec.Decode(jpeg, (height / 2, width / 2));
        var (logits, rows, columns) = model.Scorer.RunLogits(Resampling.Resize(half, 64, 96, ResamplingFilter.Bilinear));
        var expected = new byte[height * width];
        FusedArgMax.Compute(logits, 3, rows, columns, expected, height, width);
        foreach (var mask in masks)
        {
            Assert.AreEqual((height, width), (mask.Height, mask.Width));
            Assert.IsTrue(mask.Ids.SequenceEqual(expected));
        }
    }

    [TestMethod]
    public void Predict_NotAskedFor_SeesTheWholeImage()
    {
        string jpeg = SaveJpeg(Noise(128, 192));
        using var model = SegmentationModel.Load(Fixed);
        using var reduced = model.OpenSession(new ExecutionOptions { ReducedDecoding = true });

        var expected = model.Predict(ImageCodec.Decode(jpeg));

        Assert.IsTrue(expected.Ids.SequenceEqual(model.Predict(jpeg).Ids));
        Assert.IsFalse(expected.Ids.SequenceEqual(reduced.Predict(jpeg).Ids)); // noise: it makes a difference
    }

    [TestMethod]
    public void Predict_FreeSizeSeveralPassesOrAnMLImage_SeeTheWholeImage()
    {
        string jpeg = SaveJpeg(Noise(128, 192));
        var options = new ExecutionOptions { ReducedDecoding = true };
        var mirrored = new InferenceOptions { Flip = true };
        using var model = SegmentationModel.Load(Fixed, options);
        using var free = SegmentationModel.Load(Path.Combine(AppContext.BaseDirectory, "Data", "tiny-scoring.onnx"), options);
        using var image = MLImage.CreateFromFile(jpeg);
        var whole = ImageCodec.Decode(jpeg);

        Assert.IsTrue(model.Predict(whole, source: null, mirrored).Ids.SequenceEqual(model.Predict(jpeg, mirrored).Ids));
        Assert.IsTrue(free.Predict(whole).Ids.SequenceEqual(free.Predict(jpeg).Ids));
        Assert.IsTrue(model.Predict(whole).Ids.SequenceEqual(model.Predict(image).Ids));
    }

    private static string Fixed => Path.Combine(AppContext.BaseDirectory, "Data", "tiny-fixed.onnx");

    private string SaveJpeg(PixelImage image)
    {
        using var pixels = MLImage.CreateFromPixels(image.Width, image.Height, MLPixelFormat.Bgra32, image.Bgra);
        pixels.Save(_folder["image.jpg"]);
        return _folder["image.jpg"];
    }

    private static PixelImage Smooth(int height, int width)
    {
        var image = new PixelImage(height, width);
        for (int i = 0; i < height * width; i++)
            (image.Bgra[4 * i], image.Bgra[(4 * i) + 1], image.Bgra[(4 * i) + 2], image.Bgra[(4 * i) + 3]) =
                ((byte)(200 * (i / width) / height), (byte)(200 * (i % width) / width), 90, 255);
        return image;
    }

    private static PixelImage Noise(int height, int width)
    {
        var image = new PixelImage(height, width);
        new Random(6).NextBytes(image.Bgra);
        for (int i = 3; i < image.Bgra.Length; i += 4)
            image.Bgra[i] = 255;
        return image;
    }
}
