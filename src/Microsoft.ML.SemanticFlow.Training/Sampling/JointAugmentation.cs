// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Draws a training crop from a labelled image: the same scale, place and mirroring for pixels and labels.</summary>
/// <remarks>
/// Scale, crop, mirror, colour, blur, normalise: the order of the original training code. Everything is drawn first, so that
/// only the part of the image under the crop is resampled. Deterministic from the random source alone; threads may share it.
/// </remarks>
internal sealed class JointAugmentation(AugmentationOptions options)
{
    private const uint Black = 0xFF000000;

    public AugmentationOptions Options { get; } = options;

    /// <summary>Writes one normalised crop and its labels into a batch.</summary>
    /// <param name="crop">The image and its mask, and what the crop is drawn around.</param>
    /// <param name="random">Decides everything that is drawn.</param>
    /// <param name="image">Takes 3 x height x width floats: [3, H, W], or [H, W, 3] when <paramref name="channelsLast"/>; RGB.</param>
    /// <param name="labels">Takes height x width train ids, 255 where nothing counts.</param>
    /// <param name="channelsLast">Whether a pixel's channels lie together.</param>
    public void Apply(SampledCrop crop, Random random, Span<float> image, Span<long> labels, bool channelsLast) =>
        Apply(crop.Sample, AugmentationPlan.Draw(Options, crop.Sample.Image.Height, crop.Sample.Image.Width, crop.Around, random), image, labels, channelsLast);

    /// <summary>Writes the crop of a plan, normalised, and its labels into a batch.</summary>
    public void Apply(LabelledImage sample, AugmentationPlan plan, Span<float> image, Span<long> labels, bool channelsLast)
    {
        int count = plan.Crop.Height * plan.Crop.Width;
        ArgumentOutOfRangeException.ThrowIfNotEqual(image.Length, 3 * count, nameof(image));
        ArgumentOutOfRangeException.ThrowIfNotEqual(labels.Length, count, nameof(labels));

        var pixels = ArrayPool<byte>.Shared.Rent(count * 4);
        var ids = ArrayPool<byte>.Shared.Rent(count);
        Apply(sample, plan, pixels.AsSpan(0, count * 4), ids.AsSpan(0, count));
        if (channelsLast)
            Options.Normalization.ToPixels(pixels.AsSpan(0, count * 4), image);
        else
            Options.Normalization.ToPlanes(pixels.AsSpan(0, count * 4), image);
        for (int i = 0; i < labels.Length; i++)
            labels[i] = ids[i];
        ArrayPool<byte>.Shared.Return(pixels);
        ArrayPool<byte>.Shared.Return(ids);
    }

    /// <summary>Makes the crop of a plan as bytes: blue, green, red, alpha, and train ids.</summary>
    public static void Apply(LabelledImage sample, AugmentationPlan plan, Span<byte> bgra, Span<byte> ids)
    {
        Resample(sample, plan, bgra, ids);
        if (plan.IsFlipped)
            Mirror(bgra, ids, plan.Crop.Width);
        foreach (var change in plan.ColorChanges)
            change.Apply(bgra);
        if (plan.BlurSigma is { } sigma)
            GaussianBlur.Apply(bgra, plan.Crop.Height, plan.Crop.Width, sigma);
    }

    /// <summary>Scales the part of image and mask that lies under the crop.</summary>
    internal static void Resample(LabelledImage sample, AugmentationPlan plan, Span<byte> bgra, Span<byte> ids)
    {
        var (image, mask) = sample;
        if (image.Height != mask.Height || image.Width != mask.Width)
            throw new ArgumentException(
                $"The image is {image.Height} x {image.Width} pixels (height x width), its mask {mask.Height} x {mask.Width}. They must be of one size.", nameof(sample));

        var crop = plan.Crop;
        int top = Math.Max(crop.Top, 0), left = Math.Max(crop.Left, 0);
        var window = new PixelBox(top, left, Math.Min(crop.Top + crop.Height, plan.ScaledHeight) - top, Math.Min(crop.Left + crop.Width, plan.ScaledWidth) - left);
        if (window != crop)
        {
            MemoryMarshal.Cast<byte, uint>(bgra).Fill(Black);
            ids.Fill(LabelMap.IgnoreId);
        }

        if (window.Height > 0 && window.Width > 0)
        {
            int first = (top - crop.Top) * crop.Width + left - crop.Left;
            Resampling.Resize(image, plan.ScaledHeight, plan.ScaledWidth, ResamplingFilter.Bicubic, window, bgra[(first * 4)..], crop.Width);
            Resampling.Nearest(mask.Ids, mask.Height, mask.Width, plan.ScaledHeight, plan.ScaledWidth, window, ids[first..], crop.Width);
        }
    }

    /// <summary>Mirrors a crop left to right.</summary>
    internal static void Mirror(Span<byte> bgra, Span<byte> ids, int width)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(bgra);
        for (int at = 0; at < pixels.Length; at += width)
        {
            pixels.Slice(at, width).Reverse();
            ids.Slice(at, width).Reverse();
        }
    }
}
