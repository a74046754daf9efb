// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Tests.Painting;

[TestClass]
public sealed class LegendTests
{
    private static readonly RgbColor _white = new(255, 255, 255);

    [TestMethod]
    [DataRow(LegendPlacement.Right)]
    [DataRow(LegendPlacement.Below)]
    public void Legend_Mask_ListsWhatOccursBesideAnUntouchedPicture(LegendPlacement placement)
    {
        var mask = new SegmentationMask(200, 300, [.. Enumerable.Range(0, 200 * 300).Select(i => (byte)(i % 300 < 150 ? 0 : 8))], LabelMaps.CamVid);

        var plain = new MaskPainter().Colors(mask);
        var picture = new MaskPainter(new MaskPainterOptions { Legend = placement, TextSize = 20 }).Colors(mask);

        Assert.AreEqual(placement == LegendPlacement.Right, picture.Width > 300);
        Assert.AreEqual(placement == LegendPlacement.Below, picture.Height > 200);
        for (int row = 0; row < 200; row++)
        {
            for (int column = 0; column < 300; column++)
                Assert.AreEqual(plain[row, column], picture[row, column]);
        }

        // A swatch is as large as the letters, its frame of one pixel left out: 18 x 18.
        var list = OutsideOf(picture, 200, 300);
        Assert.AreEqual(18 * 18, list.Count(color => color == new RgbColor(64, 0, 128)), "The swatch of Car.");
        Assert.IsGreaterThanOrEqualTo(18 * 18, list.Count(color => color == new RgbColor(128, 128, 128)), "The swatch of Sky, and what of letters has its gray.");
        Assert.DoesNotContain(new RgbColor(0, 0, 192), list, "Sidewalk does not occur.");
    }

    [TestMethod]
    public void Legend_ManyClassesAndALowPicture_TakesMoreColumns()
    {
        var labels = LabelMap.FromClassNames("many", [.. Enumerable.Range(0, 40).Select(i => $"class of number {i}")]);
        var mask = new SegmentationMask(40, 40, [.. Enumerable.Range(0, 1600).Select(i => (byte)(i / 40))], labels);

        var picture = new MaskPainter(new MaskPainterOptions { Legend = LegendPlacement.Right }).Colors(mask);

        Assert.AreEqual(40, picture.Height);
        var list = OutsideOf(picture, 40, 40);
        foreach (var label in labels.Classes)
            Assert.Contains(label.Color, list, label.Name);
    }

    // Skia's build for Linux that the tests run with brings no fonts and looks for none.
    [TestMethod]
    [DataRow("Sidewalk")]
    [DataRow("Gehweg für Fußgänger")]
    [DataRow("Дорога")]
    [DataRow("δρόμος")]
    [DataRow("→")]
    public void Draw_LettersOfTheOwnFont_LeavesInkWithinTheLine(string text)
    {
        const int Size = 20, Left = 10, Top = 30;
        using var picture = new PixelImage(100, 400);
        picture.Bgra.Fill(255);

        PictureText.Draw(picture, text, Left, Top, Size, default);

        int width = PictureText.WidthOf(text, Size), height = PictureText.HeightOf(Size), ink = 0;
        for (int row = 0; row < 100; row++)
        {
            for (int column = 0; column < 400; column++)
            {
                if (picture.Bgra[((row * 400) + column) * 4] == 255)
                    continue;
                ink++;
                Assert.IsTrue(row >= Top && row < Top + height && column >= Left - 1 && column <= Left + width, $"Ink at row {row}, column {column}.");
            }
        }

        Assert.IsGreaterThan(4 * text.Length, ink);
    }

    [TestMethod]
    public void Draw_LettersThatNoFontHas_AreBoxesAndNoFault()
    {
        int box = PictureText.WidthOf("\u25A1", 20);

        // Not assigned, so in no font.
        Assert.AreEqual(box, PictureText.WidthOf("\u0378", 20));
    }

    [TestMethod]
    [DataRow("a\nb\t\u202Ec", "a b  c")]
    public void WidthOf_ControlCharacters_AreSpaces(string text, string same) => Assert.AreEqual(PictureText.WidthOf(same, 20), PictureText.WidthOf(text, 20));

    [TestMethod]
    public void WidthOf_VeryLongName_IsCutToSixty() =>
        Assert.AreEqual(PictureText.WidthOf(new string('m', 59) + "…", 12), PictureText.WidthOf(new string('m', 10_000), 12));

    [TestMethod]
    public void WithTitle_Picture_AddsAStripAbove()
    {
        var picture = MaskPainterTests.Plain(50, 200, new RgbColor(1, 2, 3)).WithTitle("truth", textSize: 12);

        // Letters of 12 take a line of 15, and 4 above and below.
        Assert.AreEqual((50 + 15 + 8, 200), (picture.Height, picture.Width));
        Assert.AreEqual(new RgbColor(1, 2, 3), picture[23, 0]);
        Assert.AreEqual(_white, picture[22, 199]);
    }

    private static RgbColor[] OutsideOf(SegmentationPicture picture, int height, int width) =>
        [.. MaskPainterTests.PixelsOf(picture).Where((_, i) => i / picture.Width >= height || i % picture.Width >= width)];
}
