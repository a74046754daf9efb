// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Scenes;

/// <summary>A colour with room for light: 0 to 1 a channel, not clipped until the picture is taken.</summary>
internal readonly record struct Paint(float R, float G, float B)
{
    public static Paint Gray(float level) => new(level, level, level);

    public static Paint operator *(Paint paint, float light) => new(paint.R * light, paint.G * light, paint.B * light);

    public static Paint Mix(Paint from, Paint to, float share) =>
        new(from.R + (to.R - from.R) * share, from.G + (to.G - from.G) * share, from.B + (to.B - from.B) * share);
}

/// <summary>A picture and its mask, painted together: every stroke sets the colour and the class of the same pixels.</summary>
internal sealed class Canvas(int height, int width)
{
    private readonly Paint[] _colors = new Paint[height * width];

    public int Height => height;

    public int Width => width;

    /// <summary>Class ids, row by row.</summary>
    public byte[] Ids { get; } = new byte[height * width];

    /// <summary>Paints the pixels of a box for which <paramref name="paint"/> gives a colour.</summary>
    public void Fill(SceneClass scene, float top, float left, float bottom, float right, Func<float, float, Paint?> paint)
    {
        int lastRow = Math.Min(height - 1, (int)MathF.Ceiling(bottom)), lastColumn = Math.Min(width - 1, (int)MathF.Ceiling(right));
        for (int row = Math.Max(0, (int)top); row <= lastRow; row++)
        {
            for (int column = Math.Max(0, (int)left); column <= lastColumn; column++)
            {
                float y = row + 0.5f, x = column + 0.5f;
                if (y < top || y > bottom || x < left || x > right || paint(y, x) is not { } color)
                    continue;
                _colors[row * width + column] = color;
                Ids[row * width + column] = (byte)scene;
            }
        }
    }

    /// <summary>Darkens or brightens pixels without touching their class.</summary>
    public void Light(Func<int, int, float> factor)
    {
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
                _colors[row * width + column] *= factor(row, column);
        }
    }

    /// <summary>Takes the picture: a lens that softens, a sensor that adds noise. Blue, green, red, alpha, row by row.</summary>
    public byte[] Expose(Random random, float noise)
    {
        var pixels = new byte[height * width * 4];
        for (int row = 0; row < height; row++)
        {
            for (int column = 0; column < width; column++)
            {
                // A 3 x 3 binomial lens; at the border the nearest pixel stands in.
                var sum = new Paint(0, 0, 0);
                for (int dy = -1; dy <= 1; dy++)
                {
                    for (int dx = -1; dx <= 1; dx++)
                    {
                        var color = _colors[Math.Clamp(row + dy, 0, height - 1) * width + Math.Clamp(column + dx, 0, width - 1)];
                        float weight = (dx == 0 ? 0.6f : 0.2f) * (dy == 0 ? 0.6f : 0.2f);
                        sum = new Paint(sum.R + color.R * weight, sum.G + color.G * weight, sum.B + color.B * weight);
                    }
                }

                int at = (row * width + column) * 4;
                pixels[at] = Sense(sum.B);
                pixels[at + 1] = Sense(sum.G);
                pixels[at + 2] = Sense(sum.R);
                pixels[at + 3] = 255;
            }
        }

        return pixels;

        // Six uniform numbers are close enough to a normal one: variance 6/12, so a factor of sqrt(2).
        byte Sense(float value)
        {
            float normal = 0;
            for (int i = 0; i < 6; i++)
                normal += random.NextSingle() - 0.5f;
            return (byte)Math.Clamp((value + normal * 1.414f * noise) * 255f + 0.5f, 0f, 255f);
        }
    }
}
