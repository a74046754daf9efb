// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Evaluation.Measures;

/// <summary>Fractions as whole numbers, whose sum is the same in whatever order they are added.</summary>
internal static class FixedPoint
{
    /// <summary>Bits behind the point: what is rounded is below 5e-13, and every number of an image stays below its pixels times 2^40.</summary>
    public const int Bits = 40;

    // A probability's mean is over pixels, of which there are many; the logarithm of the smallest float needs seven bits before the point.
    private const int PixelBits = 32;

    /// <summary>A number of images or regions, of a size near 1.</summary>
    public static long Of(double value) => (long)Math.Round(value * (1L << Bits));

    /// <summary>A ratio of whole numbers, rounded to the nearest, without an error of its own.</summary>
    public static long OfRatio(long numerator, long denominator) => (long)((((Int128)numerator << (Bits + 1)) / denominator + 1) >> 1);

    /// <summary>A number of one pixel, from 0 to 128.</summary>
    public static long OfPixel(double value) => (long)Math.Round(value * (1L << PixelBits));

    public static double ToDouble(Int128 value) => (double)value / (1L << Bits);

    public static double PixelToDouble(Int128 value) => (double)value / (1L << PixelBits);
}
