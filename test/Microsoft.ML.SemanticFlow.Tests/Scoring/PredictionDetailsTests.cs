// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>Probabilities of the tiny models: their logits are the channels divided by 255, so anybody can work them out.</summary>
[TestClass]
public sealed class PredictionDetailsTests
{
    private const string Free = "tiny-scoring.onnx", Fixed = "tiny-fixed.onnx", Logits = "tiny-logits.onnx";
    private const PredictionDetails Both = PredictionDetails.Confidence | PredictionDetails.Probabilities;

    [TestMethod]
    [DataRow(Free)]
    [DataRow(Logits)]
    public void Predict_Both_AreTheSoftmaxOfTheChannels(string name)
    {
        using var model = SegmentationModel.Load(PathOf(name));
        var image = Noise(45, 77, seed: 1);

        var prediction = Predict(model, image, Both);

        Assert.IsTrue(model.Predict(image).Ids.SequenceEqual(prediction.Mask.Ids));
        Assert.AreEqual(45 * 77, prediction.Confidence.Length);
        Assert.AreEqual(3 * 45 * 77, prediction.Probabilities.Length);
        for (int pixel = 0; pixel < 45 * 77; pixel++)
        {
            double[] terms = [.. Enumerable.Range(0, 3).Select(id => Math.Exp(image.Bgra[(4 * pixel) + 2 - id] / 255.0))];
            for (int id = 0; id < 3; id++)
                Assert.AreEqual(terms[id] / terms.Sum(), prediction.GetProbabilities(id)[pixel], 1e-5, $"class {id}, pixel {pixel}"); // float32 logits in [0, 1]
            Assert.AreEqual(terms.Max() / terms.Sum(), prediction.Confidence[pixel], 1e-5, $"pixel {pixel}");
        }
    }

    [TestMethod]
    public void Predict_FixedSize_HasTheImagesSize()
    {
        using var model = SegmentationModel.Load(PathOf(Fixed));

        var prediction = Predict(model, Noise(100, 201, seed: 2), Both);

        Assert.AreEqual((100, 201), (prediction.Mask.Height, prediction.Mask.Width));
        AssertConsistent(prediction);
    }

    [TestMethod]
    public void Predict_SeveralPasses_AreTheSoftmaxOfTheMeanScores()
    {
        using var model = SegmentationModel.Load(PathOf(Free));
        var image = Noise(70, 90, seed: 3);
        var inference = new InferenceOptions { Scales = [0.75, 1], Flip = true, SlidingWindow = new SlidingWindow { Height = 48, Width = 64 } };
        float[] scores = model.Scorer.RunScores(image, inference);

        var prediction = Predict(model, image, Both, inference);

        for (int pixel = 0; pixel < 70 * 90; pixel++)
        {
            double[] terms = [.. Enumerable.Range(0, 3).Select(id => Math.Exp(scores[(id * 70 * 90) + pixel]))];
            for (int id = 0; id < 3; id++)
                Assert.AreEqual(terms[id] / terms.Sum(), prediction.GetProbabilities(id)[pixel], 1e-6, $"class {id}, pixel {pixel}"); // the same float32 scores
        }

        Assert.IsTrue(model.Predict(image, source: null, inference).Ids.SequenceEqual(prediction.Mask.Ids));
        AssertConsistent(prediction);
    }

    [TestMethod]
    public void Predict_FlipOfASizeThatIsFixed_AgreesWithOnePassOverASymmetricImage()
    {
        using var model = SegmentationModel.Load(PathOf(Fixed));
        var image = Noise(64, 96, seed: 4);
        for (int i = 0; i < 64 * 96; i++)
            image.Bgra.Slice(4 * ((i / 96 * 96) + Math.Min(i % 96, 95 - (i % 96))), 4).CopyTo(image.Bgra.Slice(4 * i, 4));

        var once = Predict(model, image, PredictionDetails.Confidence);
        var twice = Predict(model, image, PredictionDetails.Confidence, new InferenceOptions { Flip = true });

        for (int pixel = 0; pixel < 64 * 96; pixel++)
            Assert.AreEqual(once.Confidence[pixel], twice.Confidence[pixel], 1e-5, $"pixel {pixel}"); // float32 scores in [0, 1]
    }

    [TestMethod]
    public void Predict_PathStreamBytesAndMLImage_GiveTheSame()
    {
        using var folder = new TemporaryFolder();
        ImageCodec.SavePng(Noise(40, 50, seed: 5), folder["image.png"]);
        byte[] bytes = File.ReadAllBytes(folder["image.png"]);
        using var model = SegmentationModel.Load(PathOf(Free));
        using var decoded = MLImage.CreateFromFile(folder["image.png"]);
        const PredictionDetails Asked = PredictionDetails.Confidence;

        SegmentationPrediction[] all =
        [
            model.PredictDetailed(folder["image.png"], Asked),
            model.PredictDetailed(new MemoryStream(bytes), Asked),
            model.PredictDetailed(bytes, Asked),
            model.PredictDetailed(decoded, Asked),
        ];

        foreach (var prediction in all)
        {
            Assert.IsTrue(all[0].Mask.Ids.SequenceEqual(prediction.Mask.Ids));
            Assert.IsTrue(all[0].Confidence.SequenceEqual(prediction.Confidence));
        }
    }

    [TestMethod]
    public void Details_NotAskedFor_SayHowToAsk()
    {
        using var model = SegmentationModel.Load(PathOf(Free));

        var prediction = Predict(model, Noise(40, 50, seed: 6), PredictionDetails.Confidence);

        var error = Assert.ThrowsExactly<InvalidOperationException>(() => prediction.Probabilities.Length);
        Assert.AreEqual("The prediction was made without PredictionDetails.Probabilities. Ask for it when predicting.", error.Message);
        Assert.ThrowsExactly<InvalidOperationException>(() => Predict(model, Noise(40, 50, seed: 6), PredictionDetails.None).Confidence.Length);
    }

    [TestMethod]
    public void SaveOverlay_ImageAskedFor_IsThePictureOfTheFile()
    {
        using var folder = new TemporaryFolder();
        using var model = SegmentationModel.Load(PathOf(Free));
        ImageCodec.SavePng(Noise(40, 50, seed: 8), folder["image.png"]);

        var prediction = model.PredictDetailed(folder["image.png"], PredictionDetails.Image);
        prediction.SaveOverlay(folder["own.png"], opacity: 0.25);
        prediction.Mask.SaveOverlay(folder["image.png"], folder["file.png"], opacity: 0.25);

        CollectionAssert.AreEqual(File.ReadAllBytes(folder["file.png"]), File.ReadAllBytes(folder["own.png"]));
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["file.png"]), prediction.ToOverlayPng(opacity: 0.25));
        Assert.ThrowsExactly<InvalidOperationException>(() => model.PredictDetailed(folder["image.png"], PredictionDetails.Confidence).SaveOverlay(folder["none.png"]));
    }

    [TestMethod]
    public void SaveConfidence_Png_HoldsTheShareOf255()
    {
        using var folder = new TemporaryFolder();
        using var model = SegmentationModel.Load(PathOf(Free));
        var prediction = Predict(model, Noise(40, 50, seed: 7), PredictionDetails.Confidence);

        prediction.SaveConfidence(folder["confidence.png"]);

        var png = PngIndexReader.Read(folder["confidence.png"]);
        Assert.AreEqual((40, 50, 8, false), (png.Height, png.Width, png.BitDepth, png.IsPalette));
        for (int i = 0; i < png.Samples.Length; i++)
            Assert.AreEqual(prediction.Confidence[i] * 255, png.Samples[i], 0.5001, $"pixel {i}"); // half a gray value, and float32
        CollectionAssert.AreEqual(File.ReadAllBytes(folder["confidence.png"]), prediction.ToConfidencePng());
        Assert.ThrowsExactly<ArgumentException>(() => prediction.SaveConfidence(folder["confidence.jpg"]));
    }

    [TestMethod]
    public void Predict_MoreProbabilitiesThanAnArrayHolds_SaysSo()
    {
        using var model = SegmentationModel.Load(PathOf(Free));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => model.Scorer.AllocateScores(30_000, 30_000));

        Assert.StartsWith("3 probabilities for each of 30000 x 30000 pixels (height x width) are more than an array holds.", error.Message);
    }

    private static void AssertConsistent(SegmentationPrediction prediction)
    {
        for (int pixel = 0; pixel < prediction.Confidence.Length; pixel++)
        {
            float[] all = [prediction.GetProbabilities(0)[pixel], prediction.GetProbabilities(1)[pixel], prediction.GetProbabilities(2)[pixel]];
            Assert.AreEqual(1, all.Sum(), 1e-6, $"pixel {pixel}");                                             // three roundings
            Assert.AreEqual(all.Max(), prediction.Confidence[pixel], 1e-6, $"pixel {pixel}");
            Assert.AreEqual(all.Max(), all[prediction.Mask.Ids[pixel]], 1e-6, $"pixel {pixel}");               // but for ties
        }
    }

    private static SegmentationPrediction Predict(SegmentationModel model, PixelImage image, PredictionDetails details, InferenceOptions? inference = null) =>
        model.Scorer.Score(image, source: null, details, inference ?? new InferenceOptions(), CancellationToken.None);

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Data", name);

    private static PixelImage Noise(int height, int width, int seed)
    {
        var image = new PixelImage(height, width);
        new Random(seed).NextBytes(image.Bgra);
        for (int i = 3; i < image.Bgra.Length; i += 4)
            image.Bgra[i] = 255;
        return image;
    }
}
