// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Which property of colours is changed.</summary>
internal enum ColorOperation
{
    /// <summary>Mixes with black.</summary>
    Brightness,

    /// <summary>Mixes with the mean gray of the picture.</summary>
    Contrast,

    /// <summary>Mixes with the gray of each pixel.</summary>
    Saturation,

    /// <summary>Turns the colour circle.</summary>
    Hue,
}

/// <summary>One change of colour, bit for bit as Pillow makes it.</summary>
/// <param name="Operation">What is changed.</param>
/// <param name="Factor">Share of the picture in the mix, past 1 to enhance; for hue, the turn.</param>
internal readonly record struct ColorChange(ColorOperation Operation, double Factor)
{
    /// <summary>Changes pixels of blue, green, red, alpha in place; alpha stays.</summary>
    public void Apply(Span<byte> bgra)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(bgra);
        switch (Operation)
        {
            case ColorOperation.Brightness:
                Blend(pixels, 0, (float)Factor);
                break;
            case ColorOperation.Contrast:
                Blend(pixels, MeanGray(pixels), (float)Factor);
                break;
            case ColorOperation.Saturation:
                Saturate(pixels, (float)Factor);
                break;
            case ColorOperation.Hue:
                HueShift.Apply(pixels, unchecked((byte)(int)(Factor * 255)));
                break;
        }
    }

    /// <summary>Gray of a pixel, ITU-R 601 in 16 bits of fraction.</summary>
    public static int Gray(uint pixel) =>
        (int)((pixel >> 16 & 0xFF) * 19595 + (pixel >> 8 & 0xFF) * 38470 + (pixel & 0xFF) * 7471 + 0x8000) >> 16;

    /// <summary>The mean gray, rounded as Pillow's contrast rounds it.</summary>
    public static int MeanGray(ReadOnlySpan<uint> pixels)
    {
        var sums = Vector<uint>.Zero;       // a lane overflows past 2^24 pixels of its own: crops are far smaller
        long sum = 0;
        int i = 0;
        for (; i <= pixels.Length - Vector<uint>.Count; i += Vector<uint>.Count)
            sums += Gray(new Vector<uint>(pixels[i..]));
        for (; i < pixels.Length; i++)
            sum += Gray(pixels[i]);
        for (int lane = 0; lane < Vector<uint>.Count; lane++)
            sum += sums[lane];
        return (int)((double)sum / pixels.Length + 0.5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Gray(Vector<uint> pixels)
    {
        var low = new Vector<uint>(0xFF);
        return (pixels >>> 16 & low) * new Vector<uint>(19595)
            + (pixels >>> 8 & low) * new Vector<uint>(38470)
            + (pixels & low) * new Vector<uint>(7471)
            + new Vector<uint>(0x8000) >>> 16;
    }

    /// <summary>Mixes every sample with one gray.</summary>
    private static void Blend(Span<uint> pixels, int gray, float factor)
    {
        var grays = new Vector<float>(gray);
        int i = 0;
        for (; i <= pixels.Length - Vector<uint>.Count; i += Vector<uint>.Count)
            MixAll(new Vector<uint>(pixels[i..]), grays, factor).CopyTo(pixels[i..]);
        for (; i < pixels.Length; i++)
            pixels[i] = MixAll(pixels[i], gray, factor);
    }

    /// <summary>Mixes every sample with the gray of its pixel.</summary>
    private static void Saturate(Span<uint> pixels, float factor)
    {
        int i = 0;
        for (; i <= pixels.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            var pixel = new Vector<uint>(pixels[i..]);
            MixAll(pixel, Vector.ConvertToSingle(Vector.AsVectorInt32(Gray(pixel))), factor).CopyTo(pixels[i..]);
        }

        for (; i < pixels.Length; i++)
            pixels[i] = MixAll(pixels[i], Gray(pixels[i]), factor);
    }

    private static uint MixAll(uint pixel, int gray, float factor) =>
        pixel & 0xFF000000 | Mix(pixel >> 16, gray, factor) << 16 | Mix(pixel >> 8, gray, factor) << 8 | Mix(pixel, gray, factor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> MixAll(Vector<uint> pixel, Vector<float> gray, float factor) =>
        pixel & new Vector<uint>(0xFF000000) | Mix(pixel >>> 16, gray, factor) << 16 | Mix(pixel >>> 8, gray, factor) << 8 | Mix(pixel, gray, factor);

    private static uint Mix(uint sample, int gray, float factor) => (uint)Math.Clamp(gray + factor * ((int)(sample & 0xFF) - gray), 0, 255);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<uint> Mix(Vector<uint> sample, Vector<float> gray, float factor)
    {
        var value = Vector.ConvertToSingle(Vector.AsVectorInt32(sample & new Vector<uint>(0xFF)));
        var mixed = gray + new Vector<float>(factor) * (value - gray);
        return Vector.AsVectorUInt32(Vector.ConvertToInt32Native(Vector.Min(Vector.Max(mixed, Vector<float>.Zero), new Vector<float>(255))));
    }
}
