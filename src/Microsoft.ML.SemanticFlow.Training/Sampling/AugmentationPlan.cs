// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Everything that was drawn for one crop; applying it draws nothing more.</summary>
/// <param name="ScaledHeight">Rows of the whole image after scaling.</param>
/// <param name="ScaledWidth">Columns of the whole image after scaling.</param>
/// <param name="Crop">Where the crop lies in the scaled image; past its edges the crop is black and ignored.</param>
internal sealed record AugmentationPlan(int ScaledHeight, int ScaledWidth, PixelBox Crop)
{
    /// <summary>Whether the crop is mirrored left to right.</summary>
    public bool IsFlipped { get; init; }

    /// <summary>Changes of colour, in the order they are made.</summary>
    public IReadOnlyList<ColorChange> ColorChanges { get; init; } = [];

    /// <summary>Standard deviation of the blur in pixels; null for none.</summary>
    public double? BlurSigma { get; init; }

    /// <summary>Draws a plan, in the order of the original training code.</summary>
    /// <param name="options">The ranges.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="around">A pixel of the image that the crop is drawn around; null for anywhere.</param>
    /// <param name="random">Decides everything that is drawn.</param>
    public static AugmentationPlan Draw(AugmentationOptions options, int height, int width, Centroid? around, Random random)
    {
        double scale = Uniform(random, options.ScaleMin, options.ScaleMax);
        var plan = ForCrop(options, height, width, scale, around, (least, most) => random.Next(least, most + 1));
        bool isFlipped = random.NextDouble() < options.FlipProbability;
        var changes = DrawColorChanges(options.ColorJitter, options.HueJitter, random);
        double? sigma = options.GaussianBlur ? Uniform(random, 0.15, 1.3) : null;
        return plan with { IsFlipped = isFlipped, ColorChanges = changes, BlurSigma = sigma };
    }

    /// <summary>The plan of a crop whose scale was drawn already.</summary>
    /// <param name="options">Size of the crop, and of the shorter side.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="scale">The ratio that was drawn.</param>
    /// <param name="around">A pixel of the image that the crop is drawn around; null for anywhere.</param>
    /// <param name="draw">Draws a number between two, both included: of the first column, then of the first row.</param>
    public static AugmentationPlan ForCrop(AugmentationOptions options, int height, int width, double scale, Centroid? around, Func<int, int, int> draw)
    {
        if (options.ShorterSide is { } side)
            scale *= (double)side / Math.Min(height, width);
        int scaledHeight = Math.Max((int)(height * scale), 1);
        int scaledWidth = Math.Max((int)(width * scale), 1);
        if (scaledHeight == options.CropHeight && scaledWidth == options.CropWidth)
            return new AugmentationPlan(scaledHeight, scaledWidth, new PixelBox(0, 0, scaledHeight, scaledWidth));

        int left = Place(scaledWidth, options.CropWidth, (int?)(around?.X * scale), draw);
        int top = Place(scaledHeight, options.CropHeight, (int?)(around?.Y * scale), draw);
        return new AugmentationPlan(scaledHeight, scaledWidth, new PixelBox(top, left, options.CropHeight, options.CropWidth));
    }

    /// <summary>Where a crop begins along one axis; negative where it begins before the image.</summary>
    private static int Place(int size, int crop, int? around, Func<int, int, int> draw)
    {
        int padding = Padding(size, crop);
        int free = size + 2 * padding - crop;

        // Upstream: the centroid is not moved by the padding. A padded crop holds the whole image either way, so the numbers are kept. So is
        // that a crop may end right before its centroid: a class reaches past its middle.
        int first = around is { } centroid ? Math.Clamp(draw(centroid - crop, centroid), 0, free)
            : free == 0 ? 0
            : draw(0, free);
        return first - padding;
    }

    /// <summary>Rows added above and below, or columns to each side; one more than needed, as the original does.</summary>
    private static int Padding(int size, int crop) => crop > size ? (crop - size) / 2 + 1 : 0;

    private static ColorChange[] DrawColorChanges(double jitter, double hueJitter, Random random)
    {
        List<ColorChange> drawn = [];
        if (jitter > 0)
        {
            double lowest = Math.Max(0, 1 - jitter);
            drawn.Add(new(ColorOperation.Brightness, Uniform(random, lowest, 1 + jitter)));
            drawn.Add(new(ColorOperation.Contrast, Uniform(random, lowest, 1 + jitter)));
            drawn.Add(new(ColorOperation.Saturation, Uniform(random, lowest, 1 + jitter)));
        }

        if (hueJitter > 0)
            drawn.Add(new(ColorOperation.Hue, Uniform(random, -Math.Min(hueJitter, 0.5), Math.Min(hueJitter, 0.5))));
        var changes = drawn.ToArray();
        random.Shuffle(changes);
        return changes;
    }

    private static double Uniform(Random random, double from, double to) => from + (to - from) * random.NextDouble();
}
