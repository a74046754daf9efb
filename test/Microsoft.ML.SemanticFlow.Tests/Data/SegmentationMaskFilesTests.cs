// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

[TestClass]
public sealed class SegmentationMaskFilesTests
{
    [TestMethod]
    public void ToString_Mask_IsItsSizeAndLabelSpace()
    {
        var mask = new SegmentationMask(2, 3, new byte[6], LabelMaps.CamVid);

        Assert.AreEqual("2 x 3 (height x width), CamVid (11 classes)", mask.ToString());
        Assert.AreEqual("2 x 3 (height x width), no label map", mask.WithLabels(null).ToString());
    }

    [TestMethod]
    public void Save_MoreThanTheWriterTakesAtOnce_ComesBack()
    {
        // 1100 x 1100 is more than 1 MiB; noise, so that no row looks like another.
        using var folder = new TemporaryFolder();
        var ids = new byte[1100 * 1100];
        new Random(1).NextBytes(ids);
        for (int i = 0; i < ids.Length; i++)
            ids[i] %= 11;

        new SegmentationMask(1100, 1100, ids, LabelMaps.CamVid).Save(folder["mask.png"], MaskIds.Train);

        Assert.IsTrue(ids.AsSpan().SequenceEqual(SegmentationMask.Load(folder["mask.png"], LabelMaps.CamVid, MaskIds.Train).Ids));
    }

    [TestMethod]
    public void SaveColor_Labelled_IsAnRgbPictureOfItsColors()
    {
        using var folder = new TemporaryFolder();

        new SegmentationMask(1, 2, [3, 255], LabelMaps.CamVid).SaveColor(folder["color.png"]);

        CollectionAssert.AreEqual(new byte[] { 128, 64, 128, 255, 0, 0, 0, 255 }, ImageCodec.Decode(folder["color.png"]).Bgra.ToArray());
    }

    [TestMethod]
    public void SaveOverlay_WithoutLabels_UsesGeneratedColors()
    {
        using var folder = new TemporaryFolder();
        ImageCodec.SavePng(new PixelImage(1, 2, [0, 0, 0, 255, 10, 20, 30, 255]), folder["image.png"]);

        new SegmentationMask(1, 2, [0, 255]).SaveOverlay(folder["image.png"], folder["overlay.png"]);

        // The first generated colour is (128, 0, 0); half of it over black.
        CollectionAssert.AreEqual(new byte[] { 0, 0, 64, 255, 10, 20, 30, 255 }, ImageCodec.Decode(folder["overlay.png"]).Bgra.ToArray());
    }

    [TestMethod]
    public void SaveOverlay_SizesDiffer_NamesBothAndWritesNothing()
    {
        using var folder = new TemporaryFolder();
        ImageCodec.SavePng(new PixelImage(2, 3), folder["image.png"]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => new SegmentationMask(3, 2, new byte[6]).SaveOverlay(folder["image.png"], folder["overlay.png"]));

        Assert.AreEqual("Image 'image.png' is 2 x 3 pixels (height x width), the mask 3 x 2. Give the image that the mask belongs to.", error.Message);
        Assert.IsFalse(File.Exists(folder["overlay.png"]));
    }

    [TestMethod]
    [DataRow(-0.1)]
    [DataRow(1.1)]
    [DataRow(double.NaN)]
    public void SaveOverlay_OpacityOutOfRange_Throws(double opacity)
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new SegmentationMask(1, 1, [0]).SaveOverlay("image.png", "overlay.png", opacity));
    }
}
