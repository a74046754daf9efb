// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;

namespace Microsoft.ML.SemanticFlow.Trainer.Records;

/// <summary>A small picture to watch learning by: the image with the prediction over it, and beside it the same with the ground truth.</summary>
internal static class SampleOverlay
{
    /// <summary>The longer side of either half, in pixels, where the image is larger.</summary>
    public const int LongestSide = 320;

    /// <summary>Pixels between the halves.</summary>
    public const int Gap = 4;

    private const double Opacity = 0.6;

    public static PixelImage Paint(LabelledImage sample, ReadOnlySpan<byte> predicted, ColorPalette palette)
    {
        var (height, width) = (sample.Image.Height, sample.Image.Width);
        double scale = Math.Min(1, (double)LongestSide / Math.Max(height, width));
        int rows = Math.Max(1, (int)Math.Round(height * scale)), columns = Math.Max(1, (int)Math.Round(width * scale));
        var small = Resampling.Resize(sample.Image, rows, columns, ResamplingFilter.Bilinear);

        var picture = new PixelImage(rows, 2 * columns + Gap);
        picture.Bgra.Fill(255);
        Draw(predicted, 0);
        Draw(sample.Mask.Ids, columns + Gap);
        return picture;

        void Draw(ReadOnlySpan<byte> ids, int left)
        {
            byte[] smallIds = Resampling.Nearest(ids, height, width, rows, columns);
            var half = MaskPixels.Overlay(small, smallIds, palette, Opacity);
            for (int row = 0; row < rows; row++)
                half.Bgra.Slice(row * columns * 4, columns * 4).CopyTo(picture.Bgra[((row * picture.Width + left) * 4)..]);
        }
    }
}
