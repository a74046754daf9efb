// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Compares pixels, and turns RGB reference files into the BGRA of the library.</summary>
public static class PixelAssert
{
    /// <summary>Blue, green, red, 255 of red, green, blue.</summary>
    public static byte[] ToBgra(ReadOnlySpan<byte> rgb)
    {
        var bgra = new byte[rgb.Length / 3 * 4];
        for (int i = 0; i < rgb.Length / 3; i++)
            (bgra[4 * i], bgra[4 * i + 1], bgra[4 * i + 2], bgra[4 * i + 3]) = (rgb[3 * i + 2], rgb[3 * i + 1], rgb[3 * i], 255);
        return bgra;
    }

    /// <summary>Red, green, blue of blue, green, red, alpha.</summary>
    public static byte[] ToRgb(ReadOnlySpan<byte> bgra)
    {
        var rgb = new byte[bgra.Length / 4 * 3];
        for (int i = 0; i < bgra.Length / 4; i++)
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = (bgra[4 * i + 2], bgra[4 * i + 1], bgra[4 * i]);
        return rgb;
    }

    /// <summary>Fails at the first differing byte, and says how many differ.</summary>
    /// <param name="expected">Bytes, row by row.</param>
    /// <param name="actual">As many.</param>
    /// <param name="width">Pixels a row.</param>
    /// <param name="channels">Bytes a pixel.</param>
    /// <param name="name">What is compared.</param>
    public static void AreEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, int width, int channels, string name)
    {
        Assert.AreEqual(expected.Length, actual.Length, $"{name}: count of bytes");
        int first = expected.CommonPrefixLength(actual);
        if (first == expected.Length)
            return;

        int count = 0;
        for (int i = first; i < expected.Length; i++)
        {
            if (expected[i] != actual[i])
                count++;
        }

        int pixel = first / channels;
        Assert.Fail(
            $"{name}: row {pixel / width}, column {pixel % width}, channel {first % channels} is {actual[first]}, expected {expected[first]}; " +
            $"{count} of {expected.Length} bytes differ");
    }
}
