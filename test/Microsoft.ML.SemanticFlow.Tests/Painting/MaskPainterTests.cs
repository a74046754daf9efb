// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;

namespace Microsoft.ML.SemanticFlow.Tests.Painting;

[TestClass]
public sealed class MaskPainterTests
{
    private static readonly RgbColor _sky = new(128, 128, 128);         // CamVid's class 0
    private static readonly RgbColor _car = new(64, 0, 128);            // and 8
    private static readonly RgbColor _white = new(255, 255, 255);

    [TestMethod]
    public void Colors_Mask_PaintsEachIdAndIgnoredBlack()
    {
        var picture = new MaskPainter().Colors(new SegmentationMask(1, 3, [0, 8, 255], LabelMaps.CamVid));

        CollectionAssert.AreEqual(new[] { _sky, _car, default }, PixelsOf(picture));
    }

    // 0.25 of (64, 0, 128) and 0.75 of (40, 80, 120) is (46, 60, 122).
    [TestMethod]
    public void Overlay_EveryKindOfImage_MixesTheSame()
    {
        var mask = new SegmentationMask(1, 2, [8, 255], LabelMaps.CamVid);
        using var image = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Bgra32, [120, 80, 40, 255, 120, 80, 40, 255]);
        byte[] png = SegmentationPicture.FromImage(image).ToBytes();
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid() + ".png");
        File.WriteAllBytes(path, png);
        var painter = new MaskPainter(new MaskPainterOptions { Opacity = 0.25 });

        SegmentationPicture[] pictures =
            [painter.Overlay(mask, image), painter.Overlay(mask, path), painter.Overlay(mask, new MemoryStream(png)), painter.Overlay(mask, SegmentationPicture.Load(png))];
        File.Delete(path);

        foreach (var picture in pictures)
            CollectionAssert.AreEqual(new[] { new RgbColor(46, 60, 122), new RgbColor(40, 80, 120) }, PixelsOf(picture));
    }

    [TestMethod]
    public void Overlay_ImageOfAnotherSize_IsRefused()
    {
        var image = Plain(2, 3, _white);

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => new MaskPainter().Overlay(new SegmentationMask(1, 3, [0, 0, 0]), image));

        Assert.AreEqual("The image is 2 x 3 pixels (height x width), the mask 1 x 3. Give the image that the mask belongs to.", thrown.Message);
    }

    // The border lies between columns 3 and 4. A line of 1 is on its left, of 2 on both sides, of 3 takes one more on the left.
    [TestMethod]
    [DataRow(1, "000x8888")]
    [DataRow(2, "000xx888")]
    [DataRow(3, "00xxx888")]
    [DataRow(4, "00xxxx88")]
    [DataRow(64, "xxxxxxxx")]
    public void Contour_Width_PaintsAsManyPixelsAcross(int width, string expected)
    {
        var painter = new MaskPainter(new MaskPainterOptions { Contour = new MaskContour { Width = width, Color = _white } });
        byte[] row = [0, 0, 0, 0, 8, 8, 8, 8];

        var across = painter.Colors(new SegmentationMask(1, 8, row, LabelMaps.CamVid));
        var down = painter.Colors(new SegmentationMask(8, 1, row, LabelMaps.CamVid));

        Assert.AreEqual(expected, TextOf(across));
        Assert.AreEqual(expected, TextOf(down));
    }

    // Against the definition, pixel by pixel.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    public void Contour_AnyMask_IsWhereIdsAroundDiffer(int width)
    {
        const int Height = 13, Width = 17;
        var random = new Random(5);
        byte[] ids = [.. Enumerable.Range(0, Height * Width).Select(i => (byte)(random.Next(9) == 0 ? 255 : i / 40))];
        var painter = new MaskPainter(new MaskPainterOptions { Contour = new MaskContour { Width = width, Color = _white } });

        var picture = painter.Colors(new SegmentationMask(Height, Width, ids, LabelMaps.CamVid));

        for (int row = 0; row < Height; row++)
        {
            for (int column = 0; column < Width; column++)
            {
                byte id = ids[(row * Width) + column];
                bool differs = false;
                for (int y = Math.Max(0, row - (width / 2)); y <= Math.Min(Height - 1, row + ((width + 1) / 2)); y++)
                {
                    for (int x = Math.Max(0, column - (width / 2)); x <= Math.Min(Width - 1, column + ((width + 1) / 2)); x++)
                        differs |= ids[(y * Width) + x] != id;
                }

                Assert.AreEqual(differs && id != 255, picture[row, column] == _white, $"row {row}, column {column}");
            }
        }
    }

    [TestMethod]
    public void Contour_NoColor_TakesThatOfEachSide()
    {
        var painter = new MaskPainter(new MaskPainterOptions { Opacity = 0, Contour = new MaskContour() });

        var picture = painter.Overlay(new SegmentationMask(1, 6, [0, 0, 0, 8, 8, 8], LabelMaps.CamVid), Plain(1, 6, _white));

        CollectionAssert.AreEqual(new[] { _white, _white, _sky, _car, _white, _white }, PixelsOf(picture));
    }

    // Right, wrong, ignored, and a class that the prediction ignores, which is wrong.
    [TestMethod]
    public void Errors_TruthAndPrediction_TellsThemApart()
    {
        var truth = new SegmentationMask(1, 4, [1, 1, 255, 2]);
        var predicted = new SegmentationMask(1, 4, [1, 0, 0, 255]);

        var picture = new MaskPainter().Errors(truth, predicted);

        CollectionAssert.AreEqual(new[] { new RgbColor(224, 224, 224), new RgbColor(213, 0, 50), new RgbColor(96, 112, 160), new RgbColor(213, 0, 50) }, PixelsOf(picture));
    }

    // White stays white: 128 + 255 / 2; black is 128.
    [TestMethod]
    public void Errors_WithItsImage_ShowsItPaleWhereRight()
    {
        using var image = MLImage.CreateFromPixels(2, 1, MLPixelFormat.Bgra32, [255, 255, 255, 255, 0, 0, 0, 255]);

        var picture = new MaskPainter().Errors(new SegmentationMask(1, 2, [1, 1]), new SegmentationMask(1, 2, [1, 1]), SegmentationPicture.FromImage(image));

        CollectionAssert.AreEqual(new[] { _white, new RgbColor(128, 128, 128) }, PixelsOf(picture));
    }

    [TestMethod]
    public void Errors_OtherSizes_AreRefused()
    {
        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => new MaskPainter().Errors(new SegmentationMask(1, 2, [1, 1]), new SegmentationMask(2, 1, [1, 1])));

        Assert.AreEqual("The true mask is 1 x 2 pixels (height x width), the one to judge 2 x 1. Give two of one image.", thrown.Message);
    }

    // The stops of the ramp, and halfway from the first to the second: (63.5, 41.5, 111.5), rounded up.
    [TestMethod]
    public void Map_Numbers_FollowTheRampAndEndAtItsEnds()
    {
        var picture = new MaskPainter().Map([0, 0.5f, 1, 2, -1, float.NaN, 0.125f], 1, 7);

        CollectionAssert.AreEqual(
            new[] { new RgbColor(68, 1, 84), new(33, 145, 140), new(253, 231, 37), new(253, 231, 37), new(68, 1, 84), new(68, 1, 84), new(64, 42, 112) }, PixelsOf(picture));
    }

    [TestMethod]
    public void Map_OtherRange_IsStretchedOverIt()
    {
        var picture = new MaskPainter().Map([2, 4], 2, 1, low: 2, high: 4);

        CollectionAssert.AreEqual(new[] { new RgbColor(68, 1, 84), new RgbColor(253, 231, 37) }, PixelsOf(picture));
        Assert.ThrowsExactly<ArgumentException>(() => new MaskPainter().Map([2], 1, 1, low: 1, high: 1));
        Assert.ThrowsExactly<ArgumentException>(() => new MaskPainter().Map([2], 1, 2));
    }

    [TestMethod]
    public void SideBySide_PicturesOfTwoHeights_StandOnWhiteAtTheTop()
    {
        var picture = new MaskPainter(new MaskPainterOptions { Gap = 1 }).SideBySide(Plain(2, 1, _sky), Plain(1, 2, _car));

        Assert.AreEqual((2, 4), (picture.Height, picture.Width));
        CollectionAssert.AreEqual(new[] { _sky, _white, _car, _car, _sky, _white, _white, _white }, PixelsOf(picture));
    }

    [TestMethod]
    public void Grid_ThreeInTwoColumns_FillsRowByRow()
    {
        var picture = SegmentationPicture.Grid([Plain(1, 1, _sky), Plain(1, 1, _car), Plain(1, 1, _sky)], columns: 2, gap: 0);

        CollectionAssert.AreEqual(new[] { _sky, _car, _sky, _white }, PixelsOf(picture));
        Assert.ThrowsExactly<ArgumentException>(() => SegmentationPicture.Grid([], 1));
    }

    [TestMethod]
    [DataRow(100, 300, 30, 10, 30)]
    [DataRow(3, 2, 3, 3, 2)]
    [DataRow(1, 1000, 10, 1, 10)]
    public void Shrink_LongestSide_KeepsTheProportion(int height, int width, int longest, int expectedHeight, int expectedWidth)
    {
        var picture = Plain(height, width, _sky).Shrink(longest);

        Assert.AreEqual((expectedHeight, expectedWidth), (picture.Height, picture.Width));
        Assert.IsTrue(PixelsOf(picture).All(color => color == _sky));
    }

    [TestMethod]
    public void ToMLImage_Picture_HasItsPixels()
    {
        using var image = Plain(2, 3, _car).ToMLImage();

        Assert.AreEqual((2, 3, MLPixelFormat.Bgra32), (image.Height, image.Width, image.PixelFormat));
        CollectionAssert.AreEqual(new byte[] { 128, 0, 64, 255 }, image.Pixels[..4].ToArray());
    }

    [TestMethod]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MaskPainterOptions { Opacity = double.NaN });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MaskPainterOptions { TextSize = 5 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MaskPainterOptions { Gap = -1 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MaskContour { Width = 0 });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new MaskContour { Width = 65 });
    }

    internal static SegmentationPicture Plain(int height, int width, RgbColor color)
    {
        byte[] bytes = [.. Enumerable.Range(0, height * width).SelectMany(_ => new[] { color.B, color.G, color.R, (byte)255 })];
        using var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, bytes);
        return SegmentationPicture.FromImage(image);
    }

    internal static RgbColor[] PixelsOf(SegmentationPicture picture) =>
        [.. Enumerable.Range(0, picture.Height * picture.Width).Select(i => picture[i / picture.Width, i % picture.Width])];

    private static string TextOf(SegmentationPicture picture) =>
        string.Concat(PixelsOf(picture).Select(color => color == _white ? 'x' : color == _sky ? '0' : color == _car ? '8' : '?'));
}
