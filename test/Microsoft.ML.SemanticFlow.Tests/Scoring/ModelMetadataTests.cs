// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Scoring;

/// <summary>What a file says about itself decides what its network sees, in tiny models whose logits are the channels they are given.</summary>
[TestClass]
public sealed class ModelMetadataTests
{
    private const byte Blue = 40, Green = 100, Red = 200;

    [TestMethod]
    public void RunLogits_RgbFile_GivesRedFirst() => AssertLogits(Logits(), Red / 255f, Green / 255f, Blue / 255f);

    [TestMethod]
    public void RunLogits_BgrFile_GivesBlueFirst() => AssertLogits(Logits() with { ChannelOrder = ChannelOrder.Bgr }, Blue / 255f, Green / 255f, Red / 255f);

    [TestMethod]
    public void RunLogits_OtherNormalisation_IsAppliedInTheOrderOfTheChannels() => AssertLogits(
        Logits() with { ChannelOrder = ChannelOrder.Bgr, Mean = [0.25f, 0.5f, 0.75f], Std = [0.5f, 2, 4] },
        ((Blue / 255f) - 0.25f) / 0.5f, ((Green / 255f) - 0.5f) / 2, ((Red / 255f) - 0.75f) / 4);

    [TestMethod]
    public void RunLogits_GraphThatNormalises_GetsPlanesAsDecoded() =>
        AssertLogits(Logits() with { Normalization = OnnxNormalization.Graph, Mean = [0.25f, 0.5f, 0.75f], Std = [0.5f, 2, 4] }, Red, Green, Blue);

    [TestMethod]
    public void RunLogits_BgrGraphThatNormalises_GetsBlueFirst() =>
        AssertLogits(Logits() with { Normalization = OnnxNormalization.Graph, ChannelOrder = ChannelOrder.Bgr }, Blue, Green, Red);

    // The graph of this form takes pixels as decoded: what it does with them is its own.
    [TestMethod]
    public void RunLogits_BgrFileOfTheScoringForm_GetsPixelsAsDecoded() =>
        AssertLogits(BrightestChannelModel.Describe() with { ChannelOrder = ChannelOrder.Bgr }, Blue, Green, Red);

    [TestMethod]
    [DataRow(null, 32)]
    [DataRow("8", 8)]
    [DataRow("48", 48)]
    public void Predict_SmallestSide_IsTheFiles(string? stated, int smallest)
    {
        var description = BrightestChannelModel.Describe();
        using var model = Load(stated is null ? description : description with { SmallestSide = smallest });
        using var enough = Draw(smallest, smallest);
        using var small = Draw(smallest, smallest - 1);
        var passes = new InferenceOptions { Flip = true };

        Assert.AreEqual((smallest, smallest), (model.Predict(enough).Height, model.Predict(enough, null, passes).Width));
        foreach (Action predict in (Action[])[() => model.Predict(small), () => model.Predict(small, null, passes)])
            StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(predict).Message, $"needs at least {smallest} on each side");
    }

    [TestMethod]
    public void Load_OtherResampling_IsRefusedInASentence()
    {
        byte[] bytes = BrightestChannelModel.ToBytes();
        var other = "bilinear-aliasing!"u8; // as long as the one it takes the place of
        other.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("bilinear-antialias"u8)));

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => SegmentationModel.Load(bytes));

        StringAssert.Contains(exception.Message, "'semanticflow.resampling' has the value 'bilinear-aliasing!'");
    }

    [TestMethod]
    public void Load_GraphOfAnotherSizeThanItsMetadata_IsRefused()
    {
        byte[] bytes = BrightestChannelModel.ToBytes(side: 64);
        "48x48"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("64x64"u8)));

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => SegmentationModel.Load(bytes));

        StringAssert.Contains(exception.Message, "images of 48 x 48");
    }

    private static ModelDescription Logits() => BrightestChannelModel.Describe(form: OnnxForm.Logits) with { Mean = [0, 0, 0], Std = [1, 1, 1] };

    private static SegmentationModel Load(ModelDescription description) => SegmentationModel.Load(BrightestChannelModel.ToBytes(description));

    private static PixelImage Draw(int height, int width)
    {
        var image = new PixelImage(height, width);
        for (int i = 0; i < image.Bgra.Length; i += 4)
            (image.Bgra[i], image.Bgra[i + 1], image.Bgra[i + 2], image.Bgra[i + 3]) = (Blue, Green, Red, 255);
        return image;
    }

    private static void AssertLogits(ModelDescription description, params float[] expected)
    {
        using var model = Load(description);
        using var image = Draw(32, 40);

        var (logits, height, width) = model.Scorer.RunLogits(image);

        for (int channel = 0; channel < expected.Length; channel++)
        {
            foreach (float logit in logits.AsSpan(channel * height * width, height * width))
                Assert.AreEqual(expected[channel], logit, 1e-5f); // float32, a subtraction and a division
        }
    }
}
