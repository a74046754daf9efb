// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Where a mask agrees with the truth.</summary>
internal static class ErrorPixels
{
    private static readonly RgbColor _right = new(224, 224, 224);

    /// <summary>Pixels whose class is the true one: light, or the image in light gray.</summary>
    public static RgbColor Right => _right;

    /// <summary>Pixels of another class.</summary>
    public static RgbColor Wrong { get; } = new(213, 0, 50);

    /// <summary>Pixels of which the truth says that they do not count.</summary>
    public static RgbColor Ignored { get; } = new(96, 112, 160);

    /// <summary>Paints each pixel as right, wrong or ignored.</summary>
    /// <param name="truth">True ids.</param>
    /// <param name="predicted">One id for each of them; 255 is wrong where the truth has a class.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="image">What is seen, pale and without its colours, where pixels are right; null for none.</param>
    public static PixelImage Paint(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted, int height, int width, PixelImage? image)
    {
        var picture = new PixelImage(height, width);
        var target = picture.Bgra;
        ReadOnlySpan<byte> below = image is null ? [] : image.Bgra;
        for (int i = 0, at = 0; i < truth.Length; i++, at += 4)
        {
            var color = truth[i] == LabelMap.IgnoreId ? Ignored : truth[i] != predicted[i] ? Wrong : below.IsEmpty ? _right : Pale(below.Slice(at, 3));
            (target[at], target[at + 1], target[at + 2], target[at + 3]) = (color.B, color.G, color.R, 255);
        }

        return picture;
    }

    /// <summary>How many pixels count, and how many of them are wrong.</summary>
    public static (int Counted, int Wrong) Count(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted)
    {
        int counted = 0, wrong = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] == LabelMap.IgnoreId)
                continue;
            counted++;
            wrong += truth[i] == predicted[i] ? 0 : 1;
        }

        return (counted, wrong);
    }

    // BT.601's luma, brought from 0..255 to 128..255.
    private static RgbColor Pale(ReadOnlySpan<byte> bgr)
    {
        int luma = ((29 * bgr[0]) + (150 * bgr[1]) + (77 * bgr[2]) + 128) >> 8;
        byte pale = (byte)(128 + (luma / 2));
        return new RgbColor(pale, pale, pale);
    }
}
