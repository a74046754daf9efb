// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>Where tiles of one length lie along an axis. Rows and columns of tiles are independent: tiles cover a grid.</summary>
internal sealed class TileAxis
{
    private TileAxis(int size, int length, int[] starts) => (Size, Length, Starts) = (size, length, starts);

    /// <summary>Pixels of the axis.</summary>
    public int Size { get; }

    /// <summary>Pixels of each tile.</summary>
    public int Length { get; }

    /// <summary>The first pixel of each tile, ascending.</summary>
    public IReadOnlyList<int> Starts { get; }

    /// <summary>One tile over the whole axis.</summary>
    public static TileAxis Whole(int size) => new(size, size, [0]);

    /// <summary>Tiles a stride apart; the last moves inwards to end with the axis, and a tile longer than the axis is cut to it.</summary>
    /// <param name="size">Pixels of the axis.</param>
    /// <param name="tile">Pixels of a tile.</param>
    /// <param name="overlap">Share of a tile that the next one covers too, at least.</param>
    public static TileAxis Create(int size, int tile, double overlap)
    {
        // In the original's double arithmetic, so that its roundings place the tiles where they did.
        int stride = (int)Math.Ceiling(tile * (1 - overlap));
        // Upstream: an axis shorter than a tile by a stride or more gets no tile, and every score is 0 / 0. Here it gets one.
        int count = Math.Max((int)Math.Ceiling((size - tile) / (double)stride), 0) + 1;
        var starts = new int[count];
        for (int i = 0; i < count; i++)
            starts[i] = Math.Max(Math.Min((i * stride) + tile, size) - tile, 0);
        return new TileAxis(size, Math.Min(tile, size), starts);
    }

    /// <summary>From the scores of all tiles, one tile after another, to scores of the axis.</summary>
    /// <param name="scores">Scores that the network gives along a tile; they are enlarged to its pixels with corners aligned.</param>
    /// <param name="blending">How tiles share the pixels that several of them cover.</param>
    public LinearMap Blend(int scores, TileBlending blending)
    {
        var enlarge = LinearMap.AlignedCorners(scores, Length);
        int first = 0;
        return new LinearMap(Starts.Count * scores, Size, pixel =>
        {
            while (Starts[first] + Length <= pixel)
                first++;
            int end = first + 1;
            while (end < Starts.Count && Starts[end] <= pixel)
                end++;

            // Upstream: the original counts coverage on the wrong axes and divides by that. Here the weights of each pixel sum to 1.
            double sum = 0;
            for (int tile = first; tile < end; tile++)
                sum += Weight(tile, pixel, blending);
            return Enumerable.Range(first, end - first).SelectMany(tile => enlarge.Of(pixel - Starts[tile])
                .Select(tap => new Tap((tile * scores) + tap.Index, tap.Weight * Weight(tile, pixel, blending) / sum)));
        });
    }

    private double Weight(int tile, int pixel, TileBlending blending)
    {
        if (blending == TileBlending.Mean)
            return 1;
        double fromStart = pixel - Starts[tile] + 0.5, toEnd = Length - fromStart;
        double rise = tile == 0 ? 1 : fromStart / (Starts[tile - 1] + Length - Starts[tile]);
        double fall = tile == Starts.Count - 1 ? 1 : toEnd / (Starts[tile] + Length - Starts[tile + 1]);
        return Math.Min(Math.Min(rise, fall), 1);
    }
}
