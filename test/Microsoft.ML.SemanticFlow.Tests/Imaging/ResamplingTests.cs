// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using CsCheck;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Tests.Imaging;

[TestClass]
public sealed class ResamplingTests
{
    private static readonly PixelImage _source = new(96, 144, PixelAssert.ToBgra(GoldenFormula.Images("aug", 1, 96, 144)));
    private static readonly byte[] _labels = GoldenFormula.Labels("auglab", 1, 96, 144);

    [TestMethod]
    [DataRow(48, 72)]
    [DataRow(144, 216)]
    [DataRow(67, 100)]
    [DataRow(193, 289)]
    public void Resize_PillowSizes_EqualsPillow(int height, int width)
    {
        var bicubic = GoldenData.Bytes("training_data", $"pil_bicubic_{height}x{width}x3.u8");
        var bilinear = GoldenData.Bytes("training_data", $"pil_bilinear_{height}x{width}x3.u8");

        var actualBicubic = Resampling.Resize(_source, height, width, ResamplingFilter.Bicubic);
        var actualBilinear = Resampling.Resize(_source, height, width, ResamplingFilter.Bilinear);

        PixelAssert.AreEqual(bicubic, PixelAssert.ToRgb(actualBicubic.Bgra), width, 3, "bicubic");
        PixelAssert.AreEqual(bilinear, PixelAssert.ToRgb(actualBilinear.Bgra), width, 3, "bilinear");
    }

    [TestMethod]
    [DataRow(160, 224)]
    [DataRow(320, 448)]
    [DataRow(80, 112)]
    public void Resize_ScalesOfInference_EqualsPillow(int height, int width)
    {
        var expected = GoldenData.Bytes("inference", $"pil_bilinear_{height}x{width}x3.u8");
        var source = new PixelImage(160, 224, PixelAssert.ToBgra(GoldenData.Bytes("inference", "image_160x224x3.u8")));

        var actual = Resampling.Resize(source, height, width, ResamplingFilter.Bilinear);

        PixelAssert.AreEqual(expected, PixelAssert.ToRgb(actual.Bgra), width, 3, "bilinear");
    }

    [TestMethod]
    [DataRow(48, 72)]
    [DataRow(144, 216)]
    [DataRow(67, 100)]
    [DataRow(193, 289)]
    public void Nearest_PillowSizes_EqualsPillow(int height, int width)
    {
        var expected = GoldenData.Bytes("training_data", $"pil_nearest_label_{height}x{width}.u8");

        var actual = Resampling.Nearest(_labels, 96, 144, height, width);

        PixelAssert.AreEqual(expected, actual, width, 1, "nearest");
    }

    [TestMethod]
    public void Resize_FilesOfThisProject_EqualPillow()
    {
        var bicubic = TestFiles.Bytes("pil_bicubic_48x72x3.u8");
        var bilinear = TestFiles.Bytes("pil_bilinear_67x100x3.u8");
        var nearest = TestFiles.Bytes("pil_nearest_label_67x100.u8");

        var actualBicubic = Resampling.Resize(_source, 48, 72, ResamplingFilter.Bicubic);
        var actualBilinear = Resampling.Resize(_source, 67, 100, ResamplingFilter.Bilinear);
        var actualNearest = Resampling.Nearest(_labels, 96, 144, 67, 100);

        PixelAssert.AreEqual(bicubic, PixelAssert.ToRgb(actualBicubic.Bgra), 72, 3, "bicubic");
        PixelAssert.AreEqual(bilinear, PixelAssert.ToRgb(actualBilinear.Bgra), 100, 3, "bilinear");
        PixelAssert.AreEqual(nearest, actualNearest, 100, 1, "nearest");
    }

    [TestMethod]
    public void Resize_SameSize_KeepsEveryByte()
    {
        foreach (var filter in Enum.GetValues<ResamplingFilter>())
        {
            var actual = Resampling.Resize(_source, 96, 144, filter);

            PixelAssert.AreEqual(_source.Bgra, actual.Bgra, 144, 4, filter.ToString());
        }
    }

    [TestMethod]
    public void Resize_OneColor_StaysThatColor()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 90], Gen.Int[1, 90], Gen.UInt, Gen.Enum<ResamplingFilter>()).Sample(
            (height, width, newHeight, newWidth, color, filter) =>
            {
                var source = new PixelImage(height, width);
                MemoryMarshal.Cast<byte, uint>(source.Bgra).Fill(color);

                var actual = Resampling.Resize(source, newHeight, newWidth, filter);

                Assert.IsFalse(MemoryMarshal.Cast<byte, uint>(actual.Bgra).ContainsAnyExcept(color));
            }, iter: 300);
    }

    [TestMethod]
    public void Resize_Window_EqualsThatPartOfTheWhole()
    {
        var sizes = Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 90], Gen.Int[1, 90], Gen.Enum<ResamplingFilter>());
        var shares = Gen.Select(Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Double[0, 1]);
        Gen.Select(sizes, shares, Gen.Int).Sample((size, share, seed) =>
        {
            var (height, width, newHeight, newWidth, filter) = size;
            var source = new PixelImage(height, width);
            new Random(seed).NextBytes(source.Bgra);
            int top = (int)(share.Item1 * (newHeight - 1)), left = (int)(share.Item2 * (newWidth - 1));
            var window = new PixelBox(top, left, 1 + (int)(share.Item3 * (newHeight - 1 - top)), 1 + (int)(share.Item4 * (newWidth - 1 - left)));
            var whole = Resampling.Resize(source, newHeight, newWidth, filter);

            var part = Resampling.Resize(source, newHeight, newWidth, filter, window);

            for (int row = 0; row < window.Height; row++)
                PixelAssert.AreEqual(
                    whole.Bgra.Slice(((top + row) * newWidth + left) * 4, window.Width * 4),
                    part.Bgra.Slice(row * window.Width * 4, window.Width * 4),
                    window.Width, 4, $"row {row} of {window}");
        }, iter: 500);
    }

    [TestMethod]
    public void Resize_AnySize_EqualsPlainConvolution()
    {
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 30], Gen.Int[1, 50], Gen.Int[1, 50], Gen.Int).Sample((height, width, newHeight, newWidth, seed) =>
        {
            var source = new PixelImage(height, width);
            new Random(seed).NextBytes(source.Bgra);
            var expected = PlainBilinear(PlainBilinear(source, newWidth, isRow: true), newHeight, isRow: false);

            var actual = Resampling.Resize(source, newHeight, newWidth, ResamplingFilter.Bilinear);

            int largest = 0;
            for (int i = 0; i < expected.Bgra.Length; i++)
                largest = Math.Max(largest, Math.Abs(expected.Bgra[i] - actual.Bgra[i]));
            Assert.IsLessThanOrEqualTo(2, largest);     // weights rounded to 22 bits turn a tie either way, in each pass
        }, iter: 200);
    }

    [TestMethod]
    public void Resize_WindowOutside_Throws()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Resampling.Resize(_source, 48, 72, ResamplingFilter.Bicubic, new PixelBox(40, 0, 9, 72)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Resampling.Resize(_source, 0, 72, ResamplingFilter.Bicubic));
    }

    // The definition in doubles, one axis at a time: a triangle as wide as the larger pixel, rounded to bytes after each axis.
    private static PixelImage PlainBilinear(PixelImage source, int newSize, bool isRow)
    {
        int size = isRow ? source.Width : source.Height;
        var result = isRow ? new PixelImage(source.Height, newSize) : new PixelImage(newSize, source.Width);
        double scale = (double)size / newSize, reach = Math.Max(scale, 1);
        for (int y = 0; y < result.Height; y++)
        {
            for (int x = 0; x < result.Width; x++)
            {
                double center = ((isRow ? x : y) + 0.5) * scale;
                for (int channel = 0; channel < 4; channel++)
                {
                    double sum = 0, weights = 0;
                    for (int i = 0; i < size; i++)
                    {
                        double weight = Math.Max(0, 1 - Math.Abs(i + 0.5 - center) / reach);
                        sum += weight * source.Bgra[((isRow ? y : i) * source.Width + (isRow ? i : x)) * 4 + channel];
                        weights += weight;
                    }

                    result.Bgra[(y * result.Width + x) * 4 + channel] = (byte)Math.Round(sum / weights);
                }
            }
        }

        return result;
    }
}
