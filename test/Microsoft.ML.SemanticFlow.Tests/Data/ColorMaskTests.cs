// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Data;

[TestClass]
public sealed class ColorMaskTests
{
    private static readonly LabelMap _labels = LabelMap.Parse("Two", "name,raw_id,train_id,r,g,b\nroad,7,0,10,20,30\nsky,9,1,40,50,60\nnothing,3,255,0,0,0\n");

    [TestMethod]
    public void Load_RgbAndRgba_AreTheClassesOfTheirColours()
    {
        using var folder = new TemporaryFolder();
        Write(folder["rgb.png"], 255, (10, 20, 30), (40, 50, 60), (0, 0, 0));
        Write(folder["rgba.png"], 7, (40, 50, 60), (40, 50, 60), (10, 20, 30));

        CollectionAssert.AreEqual(new byte[] { 0, 1, 255 }, SegmentationMask.Load(folder["rgb.png"], _labels, MaskIds.Color).Ids.ToArray());
        CollectionAssert.AreEqual(new byte[] { 1, 1, 0 }, SegmentationMask.Load(folder["rgba.png"], _labels, MaskIds.Color).Ids.ToArray());
    }

    [TestMethod]
    public void Load_ColoursNextToAKnownOne_AreCountedAndThePlaceSaid()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a.png"], 255, (10, 20, 30), (10, 20, 31), (10, 20, 31), (1, 2, 3));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => SegmentationMask.Load(folder["a.png"], _labels, MaskIds.Color));

        Assert.StartsWith("Mask 'a.png' holds colour (10, 20, 31) at row 0, column 1, which label map 'Two' does not know; 3 of its 4 pixels are in 2 such colours.", error.Message);
    }

    [TestMethod]
    public void Load_Jpeg_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var image = new PixelImage(1, 1);
        PictureEncoder.Save(image, folder["a.jpg"], PictureFormat.Jpeg);

        Assert.Contains("from PNG alone", Assert.ThrowsExactly<InvalidDataException>(() => SegmentationMask.Load(folder["a.jpg"], _labels, MaskIds.Color)).Message);
    }

    [TestMethod]
    public void Load_TwoClassesOfOneColour_IsRefusedButAnIgnoredOneGivesWay()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a.png"], 255, (153, 153, 153));
        var twice = LabelMap.Parse("Twice", "name,raw_id,train_id,r,g,b\na,0,0,1,1,1\nb,1,1,1,1,1\n");

        Assert.Contains("'a' and 'b' in one colour", Assert.ThrowsExactly<InvalidDataException>(() => SegmentationMask.Load(folder["a.png"], twice, MaskIds.Color)).Message);

        // pole and polegroup, which is ignored
        CollectionAssert.AreEqual(new byte[] { 5 }, SegmentationMask.Load(folder["a.png"], LabelMaps.Cityscapes, MaskIds.Color).Ids.ToArray());
    }

    [TestMethod]
    public void Save_IgnoredPixelsWithoutABlackRow_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var labels = LabelMap.Parse("One", "name,raw_id,train_id,r,g,b\na,0,0,1,1,1\n");

        Assert.ThrowsExactly<ArgumentException>(() => new SegmentationMask(1, 1, [255], labels).Save(folder["a.png"], MaskIds.Color));
        Assert.IsFalse(File.Exists(folder["a.png"]));
    }

    private static void Write(string path, byte alpha, params (byte R, byte G, byte B)[] pixels) =>
        ImageCodec.SavePng(new PixelImage(1, pixels.Length, [.. pixels.SelectMany(pixel => new[] { pixel.B, pixel.G, pixel.R, alpha })]), path);
}
