// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class MaskPixelsTests
{
    [TestMethod]
    public void Colorize_KnownLabels_UsesTheirColors()
    {
        // Sky is (128, 128, 128), Car (64, 0, 128); 255 is black.
        var image = MaskPixels.Colorize([0, 8, 255], 1, 3, ColorPalette.ForTrainIds(LabelMaps.CamVid));

        CollectionAssert.AreEqual(new byte[] { 128, 128, 128, 255, 128, 0, 64, 255, 0, 0, 0, 255 }, image.Bgra.ToArray());
    }

    [TestMethod]
    public void Overlay_QuarterOfTheColor_MixesAndSparesIgnoredPixels()
    {
        var image = new PixelImage(1, 2, [10, 20, 30, 255, 10, 20, 30, 255]);

        var actual = MaskPixels.Overlay(image, [8, 255], ColorPalette.ForTrainIds(LabelMaps.CamVid), 0.25);

        // 0.75 (10, 20, 30) + 0.25 (128, 0, 64) = (39.5, 15, 38.5), rounded up at halves.
        CollectionAssert.AreEqual(new byte[] { 40, 15, 39, 255, 10, 20, 30, 255 }, actual.Bgra.ToArray());
    }

    [TestMethod]
    [DataRow(0.0, 10, 20, 30)]
    [DataRow(1.0, 128, 0, 64)]
    public void Overlay_NoneOrAllOfTheColor_IsExact(double opacity, int blue, int green, int red)
    {
        var image = new PixelImage(1, 1, [10, 20, 30, 255]);

        var actual = MaskPixels.Overlay(image, [8], ColorPalette.ForTrainIds(LabelMaps.CamVid), opacity);

        CollectionAssert.AreEqual(new[] { (byte)blue, (byte)green, (byte)red, (byte)255 }, actual.Bgra.ToArray());
    }

    [TestMethod]
    public void ColorPalette_NoLabels_HasADifferentColorForEveryId()
    {
        var palette = ColorPalette.ForTrainIds(null);

        Assert.AreEqual(256, palette.Colors.ToArray().Distinct().Count());
        Assert.AreEqual(default, palette[255]);
    }
}
