// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Tiles over an image: how large, how far apart, and how they share the pixels that several of them cover.</summary>
/// <example>
/// <code>
/// var tiles = new InferenceOptions { SlidingWindow = new SlidingWindow { Height = 64, Width = 64, Overlap = 0.5, Blending = TileBlending.Linear } };
/// SegmentationMask mask = segmenter.Predict("street.png", tiles);
/// </code>
/// </example>
public sealed record SlidingWindow
{
    /// <summary>Rows of a tile, at least 32. At scales above 1 a tile grows with the image; one larger than the image is cut to it.</summary>
    public required int Height { get; init => field = Side(value, nameof(Height)); }

    /// <summary>Columns of a tile, at least 32.</summary>
    public required int Width { get; init => field = Side(value, nameof(Width)); }

    /// <summary>Share of a tile's side that the next tile covers too, from 0 to below 1. Default 1/3.</summary>
    public double Overlap
    {
        get;
        init => field = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Overlap), value, "The overlap is a share of a tile's side, from 0 to below 1.");
    } = 1.0 / 3;

    /// <summary>How tiles share a pixel. Default <see cref="TileBlending.Mean"/>.</summary>
    public TileBlending Blending
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Blending), value, "Choose one of the named ways.");
    }

    private static int Side(int value, string name) => value >= ModelDescription.NetworksSmallestSide
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"A tile has at least {ModelDescription.NetworksSmallestSide} pixels on each side.");
}
