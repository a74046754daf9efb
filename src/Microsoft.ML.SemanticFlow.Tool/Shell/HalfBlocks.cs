// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Tool;

/// <summary>A picture in a terminal: each character shows two pixels, the upper one as a half block on the lower one's colour.</summary>
internal static class HalfBlocks
{
    private const char UpperHalf = '▀';

    /// <summary>Whether the terminal says that it shows every colour, and nobody asked for none.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    public static bool AreShown(Func<string, string?> variable) =>
        string.IsNullOrEmpty(variable("NO_COLOR"))
        && variable("TERM") is not "dumb"
        && (variable("COLORTERM") is "truecolor" or "24bit"
            || variable("TERM") is "xterm-kitty" or "xterm-ghostty" or "alacritty" or "foot" or "wezterm" or "xterm-direct"
            || !string.IsNullOrEmpty(variable("WT_SESSION")));

    /// <summary>The characters, a line for two rows of pixels; made smaller where it is wider or higher than there is room.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="columns">Characters that a line has room for.</param>
    /// <param name="lines">Lines that there are.</param>
    public static string Of(SegmentationPicture picture, int columns, int lines)
    {
        double scale = Math.Min(1, Math.Min((double)columns / picture.Width, 2.0 * lines / picture.Height));
        if (scale < 1)
            picture = picture.Shrink(Math.Max(1, (int)(scale * Math.Max(picture.Width, picture.Height))));

        var text = new StringBuilder();
        for (int row = 0; row < picture.Height; row += 2)
        {
            (RgbColor? Upper, RgbColor? Lower) last = default;
            for (int column = 0; column < picture.Width; column++)
            {
                RgbColor upper = picture[row, column];
                RgbColor? lower = row + 1 < picture.Height ? picture[row + 1, column] : null;
                if (upper != last.Upper)
                    text.Append(CultureInfo.InvariantCulture, $"\e[38;2;{upper.R};{upper.G};{upper.B}m");
                if (lower is { } below && lower != last.Lower)
                    text.Append(CultureInfo.InvariantCulture, $"\e[48;2;{below.R};{below.G};{below.B}m");
                text.Append(UpperHalf);
                last = (upper, lower);
            }

            text.Append("\e[0m\n");
        }

        return text.ToString();
    }
}
