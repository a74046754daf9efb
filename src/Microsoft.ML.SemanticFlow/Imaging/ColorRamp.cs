// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Numbers as colours, dark blue over green to yellow: brightness rises evenly, so that it is read without colours too.</summary>
internal static class ColorRamp
{
    // Every quarter of Matplotlib's viridis.
    private static readonly RgbColor[] _stops = [new(68, 1, 84), new(59, 82, 139), new(33, 145, 140), new(94, 201, 98), new(253, 231, 37)];

    /// <summary>The colour of a share.</summary>
    /// <param name="share">From 0 to 1; what lies outside, and what is no number, counts as the nearer end or 0.</param>
    public static RgbColor At(double share)
    {
        double place = share > 0 ? Math.Min(share, 1) * (_stops.Length - 1) : 0;
        int stop = Math.Min((int)place, _stops.Length - 2);
        double rest = place - stop;
        var (from, to) = (_stops[stop], _stops[stop + 1]);
        return new RgbColor(Between(from.R, to.R), Between(from.G, to.G), Between(from.B, to.B));

        byte Between(byte low, byte high) => (byte)Math.Round(low + (rest * (high - low)), MidpointRounding.AwayFromZero);
    }

    /// <summary>Paints a map of numbers.</summary>
    /// <param name="values">One a pixel.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="low">What is dark.</param>
    /// <param name="high">What is bright.</param>
    public static PixelImage Paint(ReadOnlySpan<float> values, int height, int width, float low, float high)
    {
        const int Steps = 1024;
        Span<RgbColor> table = stackalloc RgbColor[Steps + 1];
        for (int i = 0; i <= Steps; i++)
            table[i] = At((double)i / Steps);

        var picture = new PixelImage(height, width);
        var target = picture.Bgra;
        float factor = Steps / (high - low);
        for (int i = 0, at = 0; i < values.Length; i++, at += 4)
        {
            float step = (values[i] - low) * factor;
            var color = table[step > 0 ? (int)Math.Min(step + 0.5f, Steps) : 0];
            (target[at], target[at + 1], target[at + 2], target[at + 3]) = (color.B, color.G, color.R, 255);
        }

        return picture;
    }
}
