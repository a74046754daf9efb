// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Painting;

[TestClass]
public sealed class FlowPictureTests
{
    // The wheel has 15, 6, 4, 11, 13 and 6 steps from red over yellow, green, cyan, blue and magenta to red.
    [TestMethod]
    [DataRow(0.0, 0.0, 255, 255, 255)]
    [DataRow(1.0, 0.0, 255, 0, 0)]
    [DataRow(0.5, 0.0, 255, 128, 128)]          // half of the way from white
    [DataRow(7.0, 0.0, 255, 0, 0)]              // no fuller than full
    [DataRow(0.0, 1.0, 255, 234, 0)]            // step 13.75: 255 * 13 / 15 = 221 and 238
    [DataRow(-1.0, 0.0, 0, 198, 255)]           // step 27.5: 255 - 255 * 2 / 11 = 209 and 186
    [DataRow(0.0, -1.0, 103, 0, 255)]           // step 41.25: 255 * 5 / 13 = 98 and 117
    [DataRow(double.NaN, 0.0, 0, 0, 0)]
    public void At_Vector_IsTheWheelsColor(double x, double y, int red, int green, int blue) =>
        Assert.AreEqual(new RgbColor((byte)red, (byte)green, (byte)blue), FlowWheel.At(x, y));

    // Between a cell of (4, 0) and one of (0, 0) lies (2, 0): half of the full colour.
    [TestMethod]
    public void Flow_FewerCellsThanPixels_IsEnlargedBetweenThem()
    {
        var flow = new SegmentationFlow([4, 0], [0, 0], 1, 2, imageHeight: 2, imageWidth: 3);

        var picture = new MaskPainter().Flow(flow);

        RgbColor red = new(255, 0, 0), half = new(255, 128, 128), white = new(255, 255, 255);
        CollectionAssert.AreEqual(new[] { red, half, white, red, half, white }, MaskPainterTests.PixelsOf(picture));
        Assert.AreEqual(half, new MaskPainter().Flow(flow, longest: 8)[0, 0]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MaskPainter().Flow(flow, longest: double.NaN));
    }

    [TestMethod]
    public void Flow_Nothing_IsWhite()
    {
        var picture = new MaskPainter().Flow(new SegmentationFlow([0], [0], 1, 1, 1, 2));

        CollectionAssert.AreEqual(new[] { new RgbColor(255, 255, 255), new(255, 255, 255) }, MaskPainterTests.PixelsOf(picture));
    }

    // The longest of (3, 4) and (0, 1) is 5.
    [TestMethod]
    public void LongestVector_OfAField_IsItsLength() => Assert.AreEqual(5, new SegmentationFlow([3, 0], [4, 1], 1, 2, 1, 2).LongestVector, 1e-12);

    // A flow of one moves by 1 / w of the positions from -1 to 1, whose ends are the centres of the corner pixels: by (W - 1) / 2 w pixels.
    [TestMethod]
    public void PredictDetailed_Flow_IsInPixelsOfTheImage()
    {
        const int Height = 40, Width = 56;
        using var model = SegmentationModel.Load(FlowModel.ToBytes());
        byte[] pixels = [.. Enumerable.Range(0, Height * Width).SelectMany(i => new byte[] { (byte)(i % 250), (byte)(i % 7), 200, 255 })];
        var image = new SegmentationPicture(new PixelImage(Height, Width, pixels));

        var flow = model.PredictDetailed(image.ToBytes(), PredictionDetails.Flow).Flow;

        Assert.IsTrue(model.HasFlow);
        Assert.AreEqual((Height, Width, Height, Width), (flow.Height, flow.Width, flow.ImageHeight, flow.ImageWidth));
        for (int i = 0; i < Height * Width; i++)
        {
            Assert.AreEqual(i % 250 * (Width - 1) / (2.0 * Width), flow.X[i], 1e-4);
            Assert.AreEqual(i % 7 * (Height - 1) / (2.0 * Height), flow.Y[i], 1e-4);
        }
    }

    [TestMethod]
    public void PredictDetailed_ModelWithoutAFlow_SaysSo()
    {
        using var model = SegmentationModel.Load(BrightestChannelModel.ToBytes());

        Assert.IsFalse(model.HasFlow);
        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => model.PredictDetailed(MaskPainterTests.Plain(40, 40, default).ToBytes(), PredictionDetails.Flow));
        Assert.AreEqual("brightest-channel has no flow field. Ask without PredictionDetails.Flow, or use an SFNet.", thrown.Message);
    }

    // Of (1/2, 1/4, 1/4): (1/2 ln 2 + 1/2 ln 4) / ln 3. Of equal ones the first counts.
    [TestMethod]
    public void GetEntropyAndSecondChoice_Probabilities_AreWorkedOut()
    {
        var prediction = new SegmentationPrediction(new SegmentationMask(1, 3, [0, 0, 2]), null, [0.5f, 1, 0.2f, 0.25f, 0, 0.3f, 0.25f, 0, 0.5f], null);

        float[] entropy = prediction.GetEntropy();

        Assert.AreEqual(((0.5 * Math.Log(2)) + (0.5 * Math.Log(4))) / Math.Log(3), entropy[0], 1e-6);
        Assert.AreEqual(0, entropy[1], 1e-6);
        Assert.AreEqual(-((0.2 * Math.Log(0.2)) + (0.3 * Math.Log(0.3)) + (0.5 * Math.Log(0.5))) / Math.Log(3), entropy[2], 1e-6);
        CollectionAssert.AreEqual(new byte[] { 1, 1, 1 }, prediction.GetSecondChoice().Ids.ToArray());
    }

    [TestMethod]
    public void GetEntropyAndSecondChoice_OneClass_AreNoneAndIgnored()
    {
        var prediction = new SegmentationPrediction(new SegmentationMask(1, 1, [0]), null, [1], null);

        CollectionAssert.AreEqual(new[] { 0f }, prediction.GetEntropy());
        CollectionAssert.AreEqual(new byte[] { 255 }, prediction.GetSecondChoice().Ids.ToArray());
    }
}
