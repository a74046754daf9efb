// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>Models whose classes are the brightest of red, green and blue, so that every mask can be told from its image.</summary>
[TestClass]
public sealed class SegmentationModelTests
{
    private const string Free = "tiny-scoring.onnx", Fixed = "tiny-fixed.onnx", Logits = "tiny-logits.onnx";

    [TestMethod]
    [DataRow(Free, "tiny, form Scoring, Float32, any size, ")]
    [DataRow(Fixed, "tiny, form Scoring, Float32, 64 x 96 (height x width), ")]
    [DataRow(Logits, "tiny, form Logits, Float32, any size, ")]
    public void ToString_Model_IsWhatTheFileSaysOfItself(string file, string expected)
    {
        using var model = SegmentationModel.Load(PathOf(file));

        Assert.AreEqual(expected + model.Labels, model.ToString());
    }

    [TestMethod]
    [DataRow(Free)]
    [DataRow(Logits)]
    public void Predict_FreeSize_GivesTheBrightestChannelOfEachPixel(string name)
    {
        using var model = SegmentationModel.Load(PathOf(name));
        var image = Noise(height: 45, width: 77, seed: 1);

        var mask = model.Predict(image);

        Assert.AreEqual((45, 77), (mask.Height, mask.Width));
        Assert.AreSame(model.Labels, mask.Labels);
        AssertIds(Brightest(image), mask);
    }

    [TestMethod]
    public void Predict_FixedSize_GivesAMaskOfTheImagesSize()
    {
        // Left half red, right half blue: at any size but the boundary column the mask says so.
        using var model = SegmentationModel.Load(PathOf(Fixed));
        var image = new PixelImage(100, 201);
        for (int i = 0; i < 100 * 201; i++)
            image.Bgra[(4 * i) + (i % 201 < 100 ? 2 : 0)] = 255;

        var mask = model.Predict(image);

        Assert.AreEqual((64, 96), (model.Height, model.Width));
        Assert.AreEqual((100, 201), (mask.Height, mask.Width));
        for (int row = 0; row < 100; row++)
        {
            // The logits' columns are 4 pixels of 96 wide, 8 or 9 of 201.
            Assert.AreEqual(0, mask[row, 90]);
            Assert.AreEqual(2, mask[row, 110]);
        }
    }

    [TestMethod]
    public void Predict_PathStreamBytesAndMLImage_GiveTheSame()
    {
        using var folder = new TemporaryFolder();
        var image = Noise(height: 40, width: 50, seed: 2);
        ImageCodec.SavePng(image, folder["image.png"]);
        byte[] bytes = File.ReadAllBytes(folder["image.png"]);
        using var model = SegmentationModel.Load(PathOf(Free));
        using var decoded = MLImage.CreateFromFile(folder["image.png"]);

        SegmentationMask[] masks = [model.Predict(folder["image.png"]), model.Predict(new MemoryStream(bytes)), model.Predict(bytes), model.Predict(decoded)];

        foreach (var mask in masks)
            AssertIds(Brightest(image), mask);
    }

    [TestMethod]
    public void Predict_PathAgain_AllocatesLittleBesideTheMask()
    {
        using var folder = new TemporaryFolder();
        ImageCodec.SavePng(Noise(height: 700, width: 1000, seed: 3), folder["image.png"]);
        using var model = SegmentationModel.Load(PathOf(Fixed), new ExecutionOptions { IntraOpThreads = 1 });
        long least = long.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            model.Predict(folder["image.png"]);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        // The file has 2 MB and the image 2.8 MB, the mask 0.7.
        Assert.IsLessThan(700 * 1000 + 50_000, least);
    }

    [TestMethod]
    public void Load_FileStreamAndSavedCopy_DescribeTheSameModel()
    {
        using var folder = new TemporaryFolder();
        using var model = SegmentationModel.Load(PathOf(Fixed), new ExecutionOptions { IntraOpThreads = 1 });
        model.Save(folder["copy.onnx"]);
        using var stream = File.OpenRead(folder["copy.onnx"]);

        using var copy = SegmentationModel.Load(stream);

        Assert.AreEqual(("tiny", OnnxForm.Scoring, 64, 96), (copy.Network, copy.Form, copy.Height, copy.Width));
        CollectionAssert.AreEqual(new[] { "red", "green", "blue" }, copy.Labels.Classes.Select(c => c.Name).ToArray());
    }

    [TestMethod]
    public void Predict_EightThreads_GiveTheBitsOfOne()
    {
        using var model = SegmentationModel.Load(PathOf(Fixed));
        PixelImage[] images = [.. Enumerable.Range(0, 8).Select(seed => Noise(70 + seed, 90, seed))];
        SegmentationMask[] alone = [.. images.Select(image => model.Predict(image))];
        var together = new SegmentationMask[8 * 25];

        Parallel.For(0, together.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = model.Predict(images[i % 8]));

        for (int i = 0; i < together.Length; i++)
            Assert.IsTrue(alone[i % 8].Ids.SequenceEqual(together[i].Ids), $"prediction {i}");
    }

    [TestMethod]
    public void Dispose_WhilePredicting_LetsThePredictionsEnd()
    {
        var model = SegmentationModel.Load(PathOf(Free));
        var image = Noise(200, 200, seed: 3);
        int done = 0, refused = 0;

        Parallel.For(0, 64, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i == 20)
                model.Dispose();
            try
            {
                model.Predict(image);
                Interlocked.Increment(ref done);
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref refused);
            }
        });

        Assert.AreEqual(64, done + refused);
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Predict(image));
    }

    [TestMethod]
    public void Dispose_Twice_IsHarmless()
    {
        var model = SegmentationModel.Load(PathOf(Free));

        model.Dispose();
        model.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Predict(Noise(40, 40, seed: 1)));
    }

    [TestMethod]
    public void Predict_Cancelled_Throws()
    {
        using var model = SegmentationModel.Load(PathOf(Free));

        Assert.Throws<OperationCanceledException>(() => model.Predict(Noise(40, 40, seed: 1), cancellationToken: new CancellationToken(canceled: true)));
    }

    [TestMethod]
    [DataRow(31, 100)]
    [DataRow(100, 31)]
    public void Predict_TooSmall_NamesTheFileAndTheSize(int height, int width)
    {
        using var folder = new TemporaryFolder();
        ImageCodec.SavePng(Noise(height, width, seed: 1), folder["small.png"]);
        using var model = SegmentationModel.Load(PathOf(Free));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => model.Predict(folder["small.png"]));

        Assert.AreEqual($"Image 'small.png' is {height} x {width} pixels (height x width); tiny needs at least 32 on each side. Enlarge it.", error.Message);
    }

    [TestMethod]
    [DataRow("empty", "'bad.onnx' is empty, or is no file but a pipe")]
    [DataRow("noise", "'bad.onnx' is not an ONNX model that can be read")]
    [DataRow("truncated", "'bad.onnx' is not an ONNX model that can be read")]
    [DataRow("png", "'bad.onnx' is not an ONNX model that can be read")]
    [DataRow("foreign", "'bad.onnx' has no metadata property 'semanticflow.format': it is not a model exported by this library.")]
    [DataRow("renamed", "Model 'bad.onnx' does not take and give what its metadata says (form logits, 3 classes, images of any size).")]
    public void Load_BadFile_SaysWhatIsWrongInOneSentence(string kind, string expected)
    {
        using var folder = new TemporaryFolder();
        byte[] good = File.ReadAllBytes(PathOf(Free));
        File.WriteAllBytes(folder["bad.onnx"], kind switch
        {
            "empty" => [],
            "noise" => Noise(40, 40, seed: 5).Bgra.ToArray(),
            "truncated" => good[..(good.Length / 2)],
            "png" => Png(),
            // The metadata are text in the file: another name of the same length keeps the file whole.
            "foreign" => Replace(good, "semanticflow.format", "semanticflow.xormat"),
            // The output under another name, in the node and in the declaration.
            _ => Replace(Replace(File.ReadAllBytes(PathOf(Logits)), "logits", "xogits"), "logits", "xogits"),
        });

        var error = Assert.ThrowsExactly<InvalidDataException>(() => SegmentationModel.Load(folder["bad.onnx"]));

        Assert.Contains(expected, error.Message);

        byte[] Png()
        {
            ImageCodec.SavePng(Noise(40, 40, seed: 5), folder["image.png"]);
            return File.ReadAllBytes(folder["image.png"]);
        }
    }

    [TestMethod]
    public void Load_NoSuchFile_Throws() =>
        Assert.ThrowsExactly<FileNotFoundException>(() => SegmentationModel.Load(PathOf("absent.onnx")));

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    public void IntraOpThreads_BelowOne_Throws(int threads) =>
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new ExecutionOptions { IntraOpThreads = threads });

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);

    private static PixelImage Noise(int height, int width, int seed)
    {
        var image = new PixelImage(height, width);
        new Random(seed).NextBytes(image.Bgra);
        for (int i = 3; i < image.Bgra.Length; i += 4)
            image.Bgra[i] = 255;
        return image;
    }

    // 255 where two channels are equally bright: either may win by a rounding.
    private static byte[] Brightest(PixelImage image)
    {
        var ids = new byte[image.Height * image.Width];
        for (int i = 0; i < ids.Length; i++)
        {
            int blue = image.Bgra[4 * i], green = image.Bgra[(4 * i) + 1], red = image.Bgra[(4 * i) + 2];
            int largest = Math.Max(red, Math.Max(green, blue));
            bool[] isLargest = [red == largest, green == largest, blue == largest];
            ids[i] = isLargest.Count(is1 => is1) > 1 ? (byte)255 : (byte)Array.IndexOf(isLargest, true);
        }

        return ids;
    }

    private static void AssertIds(byte[] expected, SegmentationMask actual)
    {
        Assert.AreEqual(expected.Length, actual.Ids.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != 255 && expected[i] != actual.Ids[i])
                Assert.Fail($"Row {i / actual.Width}, column {i % actual.Width}: expected {expected[i]}, got {actual.Ids[i]}.");
        }
    }

    private static byte[] Replace(byte[] file, string old, string with)
    {
        byte[] copy = [.. file];
        int at = copy.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(old));
        Assert.IsGreaterThanOrEqualTo(0, at);
        System.Text.Encoding.ASCII.GetBytes(with).CopyTo(copy, at);
        return copy;
    }
}
