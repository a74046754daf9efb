// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Vectors as colours: the direction gives the hue, the length how full it is; none is white.</summary>
/// <remarks>
/// The wheel of Baker et al., "A Database and Evaluation Methodology for Optical Flow" (IJCV 2011), as figures of flow fields are drawn: right is
/// red, down yellow, left blue-green, up violet.
/// </remarks>
internal static class FlowWheel
{
    // Between red, yellow, green, cyan, blue, magenta and red again: as many steps as the eye tells apart.
    private static readonly int[] _steps = [15, 6, 4, 11, 13, 6];
    private static readonly RgbColor[] _corners =
        [new(255, 0, 0), new(255, 255, 0), new(0, 255, 0), new(0, 255, 255), new(0, 0, 255), new(255, 0, 255), new(255, 0, 0)];

    private static readonly RgbColor[] _wheel = [.. _steps.SelectMany((count, corner) => Enumerable.Range(0, count).Select(i => Step(corner, i, count)))];

    /// <summary>The colour of a vector.</summary>
    /// <param name="x">To the right, 1 for the full colour.</param>
    /// <param name="y">Down.</param>
    public static RgbColor At(double x, double y)
    {
        if (!double.IsFinite(x) || !double.IsFinite(y))
            return default;
        double length = Math.Min(1, Math.Sqrt((x * x) + (y * y)));
        double turn = Math.Atan2(y, x) / (2 * Math.PI);                     // from -1/2 to 1/2, clockwise
        double place = (turn < 0 ? turn + 1 : turn) * _wheel.Length;
        int step = (int)place % _wheel.Length;
        var (from, to) = (_wheel[step], _wheel[(step + 1) % _wheel.Length]);
        double rest = place - Math.Floor(place);
        return new RgbColor(Pale(from.R, to.R), Pale(from.G, to.G), Pale(from.B, to.B));

        byte Pale(byte low, byte high) => (byte)Math.Round(255 - (length * (255 - (low + (rest * (high - low))))), MidpointRounding.AwayFromZero);
    }

    /// <summary>Paints a field, enlarged between its cells where the picture is larger.</summary>
    /// <param name="xs">To the right, [h, w].</param>
    /// <param name="ys">Down, [h, w].</param>
    /// <param name="rows">h.</param>
    /// <param name="columns">w.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="longest">The length of the full colour, above 0.</param>
    public static PixelImage Paint(ReadOnlySpan<float> xs, ReadOnlySpan<float> ys, int rows, int columns, int height, int width, double longest)
    {
        var picture = new PixelImage(height, width);
        var target = picture.Bgra;
        for (int y = 0, at = 0; y < height; y++)
        {
            var (upper, down) = Place(y, height, rows);
            int lower = Math.Min(upper + 1, rows - 1);
            for (int x = 0; x < width; x++, at += 4)
            {
                var (left, across) = Place(x, width, columns);
                int right = Math.Min(left + 1, columns - 1);
                var color = At(Mix(xs) / longest, Mix(ys) / longest);
                (target[at], target[at + 1], target[at + 2], target[at + 3]) = (color.B, color.G, color.R, 255);

                double Mix(ReadOnlySpan<float> field)
                {
                    double above = field[(upper * columns) + left] + (across * (field[(upper * columns) + right] - field[(upper * columns) + left]));
                    double below = field[(lower * columns) + left] + (across * (field[(lower * columns) + right] - field[(lower * columns) + left]));
                    return above + (down * (below - above));
                }
            }
        }

        return picture;
    }

    /// <summary>The length of the longest vector; 0 when there is none.</summary>
    public static double Longest(ReadOnlySpan<float> xs, ReadOnlySpan<float> ys)
    {
        double most = 0;
        for (int i = 0; i < xs.Length; i++)
            most = Math.Max(most, ((double)xs[i] * xs[i]) + ((double)ys[i] * ys[i]) is var square && double.IsFinite(square) ? square : 0);
        return Math.Sqrt(most);
    }

    // Corners aligned, as the network enlarges.
    private static (int Cell, double Across) Place(int pixel, int pixels, int cells)
    {
        double place = pixels == 1 ? 0 : (double)pixel * (cells - 1) / (pixels - 1);
        int cell = Math.Min((int)place, cells - 1);
        return (cell, place - cell);
    }

    private static RgbColor Step(int corner, int i, int count)
    {
        var (from, to) = (_corners[corner], _corners[corner + 1]);
        return new RgbColor(Channel(from.R, to.R), Channel(from.G, to.G), Channel(from.B, to.B));

        byte Channel(byte low, byte high) => (byte)(low < high ? 255 * i / count : high < low ? 255 - (255 * i / count) : low);
    }
}
