// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Testing;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class Gray16Tests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // MSTest disposes the class after each test.
    public void Dispose() => _folder.Dispose();

    // 54 levels of 12 bits: 0, 77, ... 4081.
    private static readonly int[] _twelveBits = [.. Enumerable.Range(0, 54).Select(i => 77 * i)];

    [TestMethod]
    public void Decode_TwelveBitsStretched_KeepsEveryLevel()
    {
        byte[] file = TurnedFiles.Gray16(_twelveBits, height: 6, width: 9);

        var stretched = ImageCodec.Decode(file, "gray.png", gray16: Gray16.Stretch);
        var scaled = ImageCodec.Decode(file, "gray.png");

        // i of 53 steps: 255 i / 53 to the nearest; by the upper bits, 77 i / 256 of the whole part.
        CollectionAssert.AreEqual(Enumerable.Range(0, 54).Select(i => (int)Math.Round(255.0 * i / 53)).ToArray(), Grays(stretched));
        CollectionAssert.AreEqual(Enumerable.Range(0, 54).Select(i => 77 * i / 256).ToArray(), Grays(scaled));
        Assert.IsTrue(stretched.IsOpaque());
    }

    [TestMethod]
    public void Decode_OneValueStretched_IsBlack()
    {
        var image = ImageCodec.Decode(TurnedFiles.Gray16([500, 500], height: 1, width: 2), "gray.png", gray16: Gray16.Stretch);

        CollectionAssert.AreEqual(new[] { 0, 0 }, Grays(image));
    }

    [TestMethod]
    public void Decode_TurnedAndStretched_IsAsShown()
    {
        byte[] file = TurnedFiles.Turn(TurnedFiles.Gray16([0, 100, 200, 255], height: 1, width: 4), SKEncodedImageFormat.Png, 6);

        var image = ImageCodec.Decode(file, "gray.png", gray16: Gray16.Stretch);

        Assert.AreEqual((4, 1), (image.Height, image.Width));
        CollectionAssert.AreEqual(new[] { 0, 100, 200, 255 }, Grays(image));
    }

    [TestMethod]
    public void Decode_EightBitsStretched_StaysAsItIs()
    {
        var image = ImageCodec.Decode(PngFiles.Indexed([10, 20], height: 1, width: 2, depth: 8), "gray.png", gray16: Gray16.Stretch);

        CollectionAssert.AreEqual(new[] { 10, 20 }, Grays(image));
    }

    [TestMethod]
    public void Predict_ModelTrainedWithStretch_ReadsFilesSoUnlessToldOtherwise()
    {
        string model = _folder["model.onnx"], image = _folder["gray.png"];
        File.WriteAllBytes(model, BrightestChannelModel.ToBytes(BrightestChannelModel.Describe() with { Gray16 = Gray16.Stretch }));
        File.WriteAllBytes(image, TurnedFiles.Gray16([.. Enumerable.Range(0, 40 * 40)], 40, 40));

        using var trained = SegmentationModel.Load(model);
        using var told = SegmentationModel.Load(model, new ExecutionOptions { Gray16 = Gray16.Scale });

        Assert.AreEqual((Gray16.Stretch, Gray16.Scale), (trained.Gray16, told.Gray16));
        int[] seen = Seen(trained.PredictDetailed(image, PredictionDetails.Image));
        Assert.AreEqual((0, 255), (seen[0], seen[^1]));
        Assert.AreEqual(1599 / 256, Seen(told.PredictDetailed(File.ReadAllBytes(image), PredictionDetails.Image))[^1]);
    }

    [TestMethod]
    public void FromMetadata_FileOfAnEarlierVersion_TakesTheUpperBits()
    {
        var metadata = new Dictionary<string, string>(BrightestChannelModel.Describe().ToMetadata());
        metadata.Remove("semanticflow.gray16");

        Assert.AreEqual(Gray16.Scale, ModelDescription.FromMetadata(metadata, "model").Gray16);
    }

    [TestMethod]
    public void LoadImages_Stretched_SaysSoAndSurvivesSaving()
    {
        string path = _folder["gray.png"];
        File.WriteAllBytes(path, TurnedFiles.Gray16(_twelveBits, height: 6, width: 9));
        var ml = new MLContext();
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = path }]);
        var fitted = ml.Transforms.SemanticFlow().LoadImages(gray16: Gray16.Stretch).Append(ml.Transforms.SemanticFlow().Resize(6, 9, maskColumnName: null)).Fit(data);
        ml.Model.Save(fitted, data.Schema, _folder["loader.zip"]);

        var loaded = ml.Model.Load(_folder["loader.zip"], out _).Transform(data);

        Assert.AreEqual(Gray16.Stretch, ImageAnnotations.TryGetGray16(loaded.Schema["Image"]));
        using var image = loaded.GetColumn<MLImage>("Image").Single();
        Assert.AreEqual(255, Grays(MLImageConversion.ToPixels(image))[^1]);
    }

    private int[] Seen(SegmentationPrediction prediction)
    {
        prediction.SaveOverlay(_folder["seen.png"], opacity: 0);
        return Grays(ImageCodec.Decode(_folder["seen.png"]));
    }

    private static int[] Grays(PixelImage image)
    {
        var bytes = image.Bgra.ToArray();
        return [.. bytes.Chunk(4).Select(pixel => (int)pixel[1])];
    }
}
