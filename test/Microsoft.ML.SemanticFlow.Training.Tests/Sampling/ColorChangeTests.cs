// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class ColorChangeTests
{
    private static byte[] Source => PixelAssert.ToBgra(GoldenFormula.Images("aug", 1, 96, 144));

    [TestMethod]
    public void Apply_FactorsOfTheReference_EqualsPillow()
    {
        foreach (var step in GoldenData.Json("training_data", "transforms.json").GetProperty("color").EnumerateArray())
        {
            var operation = Enum.Parse<ColorOperation>(step.GetProperty("op").GetString()!, ignoreCase: true);
            string file = step.GetProperty("file").GetString()!;
            var pixels = Source;

            new ColorChange(operation, step.GetProperty("factor").GetDouble()).Apply(pixels);

            PixelAssert.AreEqual(GoldenData.Bytes("training_data", file), PixelAssert.ToRgb(pixels), 144, 3, file);
        }
    }

    [TestMethod]
    public void Apply_HueFileOfThisProject_EqualsPillow()
    {
        var pixels = Source;

        new ColorChange(ColorOperation.Hue, -0.1).Apply(pixels);

        PixelAssert.AreEqual(TestFiles.Bytes("color_hue_-0.1_96x144x3.u8"), PixelAssert.ToRgb(pixels), 144, 3, "hue");
    }

    [TestMethod]
    public void ToHsv_ReferenceImage_EqualsPillow()
    {
        var expected = GoldenData.Bytes("training_data", "hsv_96x144x3.u8");
        var actual = new byte[expected.Length];
        var pixels = MemoryMarshal.Cast<byte, uint>(Source.AsSpan());

        for (int i = 0; i < pixels.Length; i++)
            (actual[3 * i], actual[3 * i + 1], actual[3 * i + 2]) = HueShift.ToHsv(pixels[i]);

        PixelAssert.AreEqual(expected, actual, 144, 3, "HSV");
    }

    [TestMethod]
    public void Gray_ReferenceImage_EqualsPillow()
    {
        var expected = GoldenData.Bytes("training_data", "grey_L_96x144.u8");
        var pixels = MemoryMarshal.Cast<byte, uint>(Source.AsSpan());

        var actual = pixels.ToArray().Select(pixel => (byte)ColorChange.Gray(pixel)).ToArray();

        PixelAssert.AreEqual(expected, actual, 144, 1, "gray");
        Assert.AreEqual(127, ColorChange.MeanGray(pixels));
    }

    [TestMethod]
    [DataRow(nameof(ColorOperation.Brightness), 0.6, 30, 90, 120)]      // 0.6 x
    [DataRow(nameof(ColorOperation.Brightness), 1.5, 75, 225, 255)]     // 1.5 x, 300 clipped
    [DataRow(nameof(ColorOperation.Hue), 1.0 / 3, 149, 200, 50)]        // hue 28 + 85, saturation 191: sixth 2.6588, p = 200 (1 - .749), t = 200 (1 - .749 (1 - .6588))
    public void Apply_OnePixel_GivesTheArithmetic(string operation, double factor, int blue, int green, int red)
    {
        byte[] pixel = [50, 150, 200, 7];

        new ColorChange(Enum.Parse<ColorOperation>(operation), factor).Apply(pixel);

        Assert.AreEqual(7, pixel[3]);
        CollectionAssert.AreEqual(new[] { blue, green, red }, pixel[..3].Select(value => (int)value).ToArray());
    }

    [TestMethod]
    public void Apply_Saturation_IsTheSameForWholeVectorsAndRemainders()
    {
        var random = new Random(5);
        var many = new byte[4 * 37];
        random.NextBytes(many);
        var single = many.ToArray();
        var change = new ColorChange(ColorOperation.Saturation, 1.21);

        change.Apply(many);
        for (int i = 0; i < single.Length; i += 4)
            change.Apply(single.AsSpan(i, 4));

        PixelAssert.AreEqual(single, many, 37, 4, "saturation");
    }

    /// <summary>Every colour that 8-bit HSV tells apart, against the formulas that Pillow writes out.</summary>
    [TestMethod]
    public void HueShift_GridOfColors_EqualsTheFormulas()
    {
        for (int value = 0; value < 1 << 24; value += 7)        // 7 shares no factor with 256: all bytes of all channels occur
        {
            uint pixel = (uint)value;
            var expected = PlainToHsv((byte)(pixel >> 16), (byte)(pixel >> 8), (byte)pixel);

            var actual = HueShift.ToHsv(pixel);

            if (expected != actual)
                Assert.Fail($"HSV of {pixel:x6} is {actual}, expected {expected}");
            var back = PlainFromHsv((byte)(pixel >> 16), (byte)(pixel >> 8), (byte)pixel);
            uint actualBack = HueShift.FromHsv((byte)(pixel >> 16), (byte)(pixel >> 8), (byte)pixel);
            if (back != actualBack)
                Assert.Fail($"RGB of HSV {pixel:x6} is {actualBack:x6}, expected {back:x6}");
        }
    }

    private static (byte, byte, byte) PlainToHsv(byte r, byte g, byte b)
    {
        byte largest = Math.Max(r, Math.Max(g, b)), least = Math.Min(r, Math.Min(g, b));
        if (largest == least)
            return (0, 0, largest);
        float span = largest - least;
        float rc = (largest - r) / span, gc = (largest - g) / span, bc = (largest - b) / span;
        float h = r == largest ? bc - gc : g == largest ? (float)(2.0 + rc - bc) : (float)(4.0 + gc - rc);
        h = (float)((h / 6.0 + 1.0) % 1.0);
        return ((byte)(int)(h * 255.0), (byte)(int)(span / largest * 255.0), largest);
    }

    private static uint PlainFromHsv(byte h, byte s, byte v)
    {
        if (s == 0)
            return (uint)(v << 16 | v << 8 | v);
        int i = (int)Math.Floor(h * 6.0 / 255.0);
        float f = (float)(h * 6.0 / 255.0 - i), fs = (float)(s / 255.0);
        uint p = (uint)Math.Round(v * (1.0 - fs), MidpointRounding.AwayFromZero);
        uint q = (uint)Math.Round(v * (1.0 - (float)(fs * f)), MidpointRounding.AwayFromZero);
        uint t = (uint)Math.Round(v * (1.0 - fs * (1.0 - f)), MidpointRounding.AwayFromZero);
        return (i % 6) switch
        {
            0 => (uint)v << 16 | t << 8 | p,
            1 => q << 16 | (uint)v << 8 | p,
            2 => p << 16 | (uint)v << 8 | t,
            3 => p << 16 | q << 8 | v,
            4 => t << 16 | p << 8 | v,
            _ => (uint)v << 16 | p << 8 | q,
        };
    }
}
