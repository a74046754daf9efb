// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Turns hues through 8-bit HSV, bit for bit as Pillow does.</summary>
/// <remarks>
/// The divisions on the way to HSV depend on few bytes: hue on which channels are largest and least, on the span between them and on
/// where the third lies; saturation on largest and span. They are done once, into tables.
/// </remarks>
internal static class HueShift
{
    // By sector, span, and distance of the middle channel from the largest.
    private static readonly byte[] _hues = MakeHues();

    // By largest and span.
    private static readonly byte[] _saturations = MakeSaturations();

    // By saturation and value: the least channel on the way back.
    private static readonly byte[] _least = MakeLeast();

    private static readonly Way[] _waysBack = MakeWaysBack();

    /// <summary>How a hue becomes channels: where the largest, the least and the middle go, and how far along its sixth the hue lies.</summary>
    private readonly record struct Way(byte LargestShift, byte LeastShift, byte MiddleShift, bool IsRising, float Along);

    /// <summary>Turns every pixel's hue; alpha stays.</summary>
    /// <param name="pixels">Blue, green, red, alpha from the lowest byte up.</param>
    /// <param name="turn">Added to the 8-bit hue, modulo 256.</param>
    public static void Apply(Span<uint> pixels, byte turn)
    {
        for (int i = 0; i < pixels.Length; i++)
        {
            uint pixel = pixels[i];
            var (hue, saturation, value) = ToHsv(pixel);
            pixels[i] = pixel & 0xFF000000 | FromHsv((byte)(hue + turn), saturation, value);
        }
    }

    /// <summary>Hue, saturation and value of a pixel, 8 bits each.</summary>
    public static (byte Hue, byte Saturation, byte Value) ToHsv(uint pixel)
    {
        int red = (byte)(pixel >> 16), green = (byte)(pixel >> 8), blue = (byte)pixel;
        int largest = Math.Max(red, Math.Max(green, blue));
        int least = Math.Min(red, Math.Min(green, blue));
        int span = largest - least;
        int fromLargest = largest * 2 + least - red - green - blue;
        int sector = red == largest ? (green == least ? 0 : 1) : green == largest ? (blue == least ? 2 : 3) : red == least ? 4 : 5;
        return (_hues[sector << 16 | span << 8 | fromLargest], _saturations[largest << 8 | span], (byte)largest);
    }

    /// <summary>Blue, green and red from the lowest byte up.</summary>
    public static uint FromHsv(byte hue, byte saturation, byte value)
    {
        var way = _waysBack[hue];
        float share = (float)(saturation / 255.0);
        // Pillow multiplies two floats on falling sixths and a float with a double on rising ones.
        double toLeast = way.IsRising ? share * (1.0 - way.Along) : share * way.Along;
        uint middle = Round(value * (1.0 - toLeast));
        uint least = _least[saturation << 8 | value];
        return (uint)value << way.LargestShift | least << way.LeastShift | middle << way.MiddleShift;
    }

    // C's round, for what is never negative.
    private static uint Round(double value) => (uint)(int)(value + 0.5);

    private static byte[] MakeHues()
    {
        var hues = new byte[6 << 16];
        for (int span = 1; span < 256; span++)
        {
            for (int fromLargest = 0; fromLargest <= span; fromLargest++)
            {
                float middle = (float)fromLargest / span;       // 0 for the largest, 1 for the least
                int at = span << 8 | fromLargest;
                hues[0 << 16 | at] = Hue(middle - 1f);
                hues[1 << 16 | at] = Hue(1f - middle);
                hues[2 << 16 | at] = Hue((float)(2.0 + middle - 1f));
                hues[3 << 16 | at] = Hue((float)(2.0 + 1f - middle));
                hues[4 << 16 | at] = Hue((float)(4.0 + middle - 1f));
                hues[5 << 16 | at] = Hue((float)(4.0 + 1f - middle));
            }
        }

        return hues;
    }

    private static byte Hue(float sixths)
    {
        float turn = (float)((sixths / 6.0 + 1.0) % 1.0);
        return (byte)Math.Clamp((int)(turn * 255.0), 0, 255);
    }

    private static byte[] MakeSaturations()
    {
        var saturations = new byte[1 << 16];
        for (int largest = 1; largest < 256; largest++)
        {
            for (int span = 0; span <= largest; span++)
                saturations[largest << 8 | span] = (byte)((float)span / largest * 255.0);
        }

        return saturations;
    }

    private static byte[] MakeLeast()
    {
        var least = new byte[1 << 16];
        for (int saturation = 0; saturation < 256; saturation++)
        {
            for (int value = 0; value < 256; value++)
                least[saturation << 8 | value] = (byte)Round(value * (1.0 - (float)(saturation / 255.0)));
        }

        return least;
    }

    private static Way[] MakeWaysBack()
    {
        const byte Red = 16, Green = 8, Blue = 0;
        var ways = new Way[256];
        for (int hue = 0; hue < 256; hue++)
        {
            int sixth = (int)(hue * 6.0 / 255.0);
            float along = (float)(hue * 6.0 / 255.0 - sixth);
            ways[hue] = (sixth % 6) switch
            {
                0 => new Way(Red, Blue, Green, true, along),
                1 => new Way(Green, Blue, Red, false, along),
                2 => new Way(Green, Red, Blue, true, along),
                3 => new Way(Blue, Red, Green, false, along),
                4 => new Way(Blue, Green, Red, true, along),
                _ => new Way(Red, Green, Blue, false, along),
            };
        }

        return ways;
    }
}
