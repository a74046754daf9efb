// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>One pass of the network over an image: the size it is resized to, the tiles it is cut into, and its share in the mean.</summary>
/// <param name="Height">Rows of the resized image.</param>
/// <param name="Width">Columns of the resized image.</param>
/// <param name="Mirrored">Whether the network sees it mirrored left to right.</param>
/// <param name="Down">The rows of tiles.</param>
/// <param name="Across">The columns of tiles.</param>
/// <param name="Window">What the tiles follow; null when there is one, the whole.</param>
/// <param name="Share">The pass's part of the mean over all passes.</param>
internal sealed record PassPlan(int Height, int Width, bool Mirrored, TileAxis Down, TileAxis Across, SlidingWindow? Window, double Share)
{
    /// <summary>From the scores of all rows of tiles, one below another, to rows of the image.</summary>
    public LinearMap Rows(int scores, int imageHeight) => Map(Down, scores, imageHeight).Times(Share);

    /// <summary>From the scores of all columns of tiles, one beside another, to columns of the image.</summary>
    public LinearMap Columns(int scores, int imageWidth) => Mirrored ? Map(Across, scores, imageWidth).Reversed() : Map(Across, scores, imageWidth);

    /// <summary>The passes that options ask for.</summary>
    /// <exception cref="ArgumentException">The model's size is fixed, and the options need another.</exception>
    /// <exception cref="InvalidDataException">The image is too small or too large.</exception>
    public static IReadOnlyList<PassPlan> Create(ImageScorer scorer, PixelImage image, string? source, InferenceOptions inference)
    {
        var plans = new List<PassPlan>();
        bool[] copies = inference.Flip ? [false, true] : [false];
        foreach (double scale in inference.Scales)
        {
            int height = (int)(image.Height * scale), width = (int)(image.Width * scale);
            if ((long)height * width > int.MaxValue)
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(source is null ? "The image" : $"Image '{source}'")} is {image.Height} x {image.Width} pixels (height x width), " +
                    $"which scale {scale} makes more than {int.MaxValue}. Score it at a smaller scale."));
            var window = inference.SlidingWindow;
            var down = window is null ? TileAxis.Whole(height) : TileAxis.Create(height, Grown(window.Height), window.Overlap);
            var across = window is null ? TileAxis.Whole(width) : TileAxis.Create(width, Grown(window.Width), window.Overlap);
            Check(scorer, image, source, inference, scale, (height, width), (down.Length, across.Length));
            foreach (bool mirrored in copies)
                plans.Add(new PassPlan(height, width, mirrored, down, across, window, 1.0 / (inference.Scales.Count * copies.Length)));

            int Grown(int side) => (int)(side * Math.Max(1, scale));
        }

        return plans;
    }

    private static void Check(
        ImageScorer scorer, PixelImage image, string? source, InferenceOptions inference, double scale, (int Height, int Width) scaled, (int Height, int Width) tile)
    {
        string Sized() => string.Create(CultureInfo.InvariantCulture,
            $"{(source is null ? "The image" : $"Image '{source}'")} is {image.Height} x {image.Width} pixels (height x width)" +
            $"{(scale == 1 ? "" : FormattableString.Invariant($", at scale {scale} {scaled.Height} x {scaled.Width}"))}");

        if (scorer.Description.Height is { } height && scorer.Description.Width is { } width)
        {
            if (inference.SlidingWindow is null && scale != 1)
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{scorer.Description.Network} was exported for images of {height} x {width} pixels (height x width) and cannot score at scale {scale}. " +
                        $"Export it for images of any size."), nameof(inference));
            if (inference.SlidingWindow is not null && tile != (height, width))
                throw new InvalidDataException(
                    $"{Sized()}, which gives tiles of {tile.Height} x {tile.Width}; {scorer.Description.Network} was exported for {height} x {width} alone. " +
                    "Make the tiles that size, or export it for images of any size.");
        }
        else if (tile.Height < scorer.Description.SmallestSide || tile.Width < scorer.Description.SmallestSide)
        {
            throw new InvalidDataException($"{Sized()}; {scorer.Description.Network} needs at least {scorer.Description.SmallestSide} on each side. Enlarge it.");
        }

        if ((long)tile.Height * tile.Width > ImageLimits.LargestMaxPixels)
            throw new InvalidDataException(
                $"{Sized()}, more than the {ImageLimits.LargestMaxPixels} pixels that the network can see at once. Score it in tiles, or at a smaller scale.");
    }

    // The original enlarges a whole image's scores corner to corner, and those put together from tiles with OpenCV's resize.
    private LinearMap Map(TileAxis axis, int scores, int imageSize) => Window is null
        ? axis.Blend(scores, TileBlending.Mean).Then(LinearMap.AlignedCorners(axis.Size, imageSize))
        : axis.Blend(scores, Window.Blending).Then(LinearMap.AlignedEdges(axis.Size, imageSize));
}
