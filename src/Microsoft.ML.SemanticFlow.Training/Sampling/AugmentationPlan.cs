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
    public static AugmentationPlan Draw(AugmentationOptions options, int height, int width, Random random)
    {
        var plan = DrawCrop(options, height, width, random);
        bool isFlipped = random.NextDouble() < options.FlipProbability;
        var changes = DrawColorChanges(options.ColorJitter, options.HueJitter, random);
        double? sigma = options.GaussianBlur ? Uniform(random, 0.15, 1.3) : null;
        return plan with { IsFlipped = isFlipped, ColorChanges = changes, BlurSigma = sigma };
    }

    /// <summary>The plan of a crop whose place was drawn already.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="scale">The ratio it is scaled by.</param>
    /// <param name="cropHeight">Rows of the crop.</param>
    /// <param name="cropWidth">Columns of the crop.</param>
    /// <param name="place">Draws a first row or column from 0 to its argument, the latter included; columns come first.</param>
    public static AugmentationPlan ForCrop(int height, int width, double scale, int cropHeight, int cropWidth, Func<int, int> place)
    {
        int scaledHeight = Math.Max((int)(height * scale), 1);
        int scaledWidth = Math.Max((int)(width * scale), 1);
        int padRows = Padding(scaledHeight, cropHeight);
        int padColumns = Padding(scaledWidth, cropWidth);
        int freeRows = scaledHeight + 2 * padRows - cropHeight;
        int freeColumns = scaledWidth + 2 * padColumns - cropWidth;
        int left = freeColumns == 0 ? 0 : place(freeColumns);
        int top = freeRows == 0 ? 0 : place(freeRows);
        return new AugmentationPlan(scaledHeight, scaledWidth, new PixelBox(top - padRows, left - padColumns, cropHeight, cropWidth));
    }

    private static AugmentationPlan DrawCrop(AugmentationOptions options, int height, int width, Random random) =>
        ForCrop(height, width, Uniform(random, options.ScaleMin, options.ScaleMax), options.CropHeight, options.CropWidth, last => random.Next(last + 1));

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
