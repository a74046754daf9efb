// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Sampling;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>A crop made one plain step after another: the whole image is scaled, padded and cropped, then each pixel changed by the formulas.</summary>
/// <remarks>The bytes are those of <see cref="JointAugmentation"/>; only scaling and hues share its code, which tests compare with Pillow.</remarks>
internal static class NaiveAugmentation
{
    /// <summary>The crop as blue, green, red, alpha, and train ids.</summary>
    public static (byte[] Bgra, byte[] Ids) Apply(LabelledImage sample, AugmentationPlan plan)
    {
        var (pixels, ids) = Scale(sample, plan);
        (pixels, ids) = Crop(pixels, ids, plan);
        if (plan.IsFlipped)
            (pixels, ids) = Mirror(pixels, ids);
        byte[] bgra = pixels.Bgra.ToArray();
        foreach (var change in plan.ColorChanges)
            bgra = Recolor(bgra, change);
        if (plan.BlurSigma is { } sigma)
            bgra = Blur(bgra, pixels.Height, pixels.Width, sigma);
        return (bgra, ids);
    }

    public static (PixelImage Image, byte[] Ids) Scale(LabelledImage sample, AugmentationPlan plan) =>
        (Resampling.Resize(sample.Image, plan.ScaledHeight, plan.ScaledWidth, ResamplingFilter.Bicubic),
            Resampling.Nearest(sample.Mask.Ids, sample.Mask.Height, sample.Mask.Width, plan.ScaledHeight, plan.ScaledWidth));

    public static (PixelImage Image, byte[] Ids) Crop(PixelImage image, byte[] ids, AugmentationPlan plan)
    {
        var crop = new PixelImage(plan.Crop.Height, plan.Crop.Width);
        var cropIds = new byte[crop.Height * crop.Width];
        for (int i = 0; i < cropIds.Length; i++)
        {
            int y = plan.Crop.Top + i / crop.Width, x = plan.Crop.Left + i % crop.Width;
            bool isInside = y >= 0 && y < image.Height && x >= 0 && x < image.Width;
            int from = y * image.Width + x;
            cropIds[i] = isInside ? ids[from] : LabelMap.IgnoreId;
            for (int channel = 0; channel < 4; channel++)
                crop.Bgra[4 * i + channel] = isInside ? image.Bgra[4 * from + channel] : channel == 3 ? (byte)255 : (byte)0;
        }

        return (crop, cropIds);
    }

    public static (PixelImage Image, byte[] Ids) Mirror(PixelImage image, byte[] ids)
    {
        var mirrored = new PixelImage(image.Height, image.Width);
        var mirroredIds = new byte[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            int from = i / image.Width * image.Width + image.Width - 1 - i % image.Width;
            mirroredIds[i] = ids[from];
            for (int channel = 0; channel < 4; channel++)
                mirrored.Bgra[4 * i + channel] = image.Bgra[4 * from + channel];
        }

        return (mirrored, mirroredIds);
    }

    public static byte[] Recolor(byte[] bgra, ColorChange change)
    {
        var changed = bgra.ToArray();
        if (change.Operation == ColorOperation.Hue)
        {
            change.Apply(changed);
            return changed;
        }

        int mean = change.Operation == ColorOperation.Contrast ? MeanGray(bgra) : 0;
        float factor = (float)change.Factor;
        for (int i = 0; i < bgra.Length; i += 4)
        {
            int gray = change.Operation == ColorOperation.Saturation ? Gray(bgra, i) : mean;
            for (int channel = 0; channel < 3; channel++)
                changed[i + channel] = (byte)Math.Clamp(gray + factor * (bgra[i + channel] - gray), 0, 255);
        }

        return changed;
    }

    public static byte[] Blur(byte[] bgra, int height, int width, double sigma)
    {
        int radius = (int)(4 * sigma + 0.5);
        double[] weights = [.. Enumerable.Range(-radius, 2 * radius + 1).Select(distance => Math.Exp(-0.5 / (sigma * sigma) * (distance * distance)))];
        double total = 0;
        foreach (double weight in weights)
            total += weight;
        for (int i = 0; i < weights.Length; i++)
            weights[i] /= total;

        var blurred = bgra.ToArray();
        for (int channel = 0; channel < 3; channel++)
        {
            var plane = new double[height * width];
            for (int i = 0; i < plane.Length; i++)
                plane[i] = bgra[4 * i + channel] * (1 / 255.0);
            plane = Convolve(plane, height, width, weights, isVertical: true);
            plane = Convolve(plane, height, width, weights, isVertical: false);
            for (int i = 0; i < plane.Length; i++)
                blurred[4 * i + channel] = (byte)(plane[i] * 255);
        }

        return blurred;
    }

    public static float[] Normalize(byte[] bgra)
    {
        var planes = new float[bgra.Length / 4 * 3];
        for (int i = 0; i < planes.Length; i++)
        {
            int channel = i / (bgra.Length / 4), pixel = i % (bgra.Length / 4);
            planes[i] = (bgra[4 * pixel + 2 - channel] / 255f - PixelNormalization.ImageNetMean[channel]) / PixelNormalization.ImageNetStd[channel];
        }

        return planes;
    }

    // Both sides of a pixel together, from the farthest: double sums depend on their order.
    private static double[] Convolve(double[] plane, int height, int width, double[] weights, bool isVertical)
    {
        int radius = weights.Length / 2;
        var result = new double[plane.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double sum = plane[y * width + x] * weights[radius];
                for (int distance = radius; distance > 0; distance--)
                    sum += (At(y, x, -distance) + At(y, x, distance)) * weights[radius + distance];
                result[y * width + x] = sum;
            }
        }

        return result;

        double At(int y, int x, int offset) => isVertical
            ? plane[Math.Clamp(y + offset, 0, height - 1) * width + x]
            : plane[y * width + Math.Clamp(x + offset, 0, width - 1)];
    }

    private static int MeanGray(byte[] bgra)
    {
        long sum = 0;
        for (int i = 0; i < bgra.Length; i += 4)
            sum += Gray(bgra, i);
        return (int)((double)sum / (bgra.Length / 4) + 0.5);
    }

    private static int Gray(byte[] bgra, int at) => bgra[at + 2] * 19595 + bgra[at + 1] * 38470 + bgra[at] * 7471 + 0x8000 >> 16;
}
