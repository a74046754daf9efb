// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <summary>A feature map of a graph under construction, [N, <see cref="Channels"/>, H, W]; the size is null where it is free.</summary>
/// <param name="Name">Of the value in the graph.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Height">Rows; null when the graph takes any size.</param>
/// <param name="Width">Columns; null when the graph takes any size.</param>
internal sealed record OnnxValue(string Name, int Channels, int? Height, int? Width)
{
    /// <summary>What the first convolution still has to do to the channels; null for every value but the pixels.</summary>
    public PixelChannels? Pixels { get; init; }

    /// <summary>Pixels of the image from one cell to the next; 0 for maps whose size is another's or their own.</summary>
    public int Stride { get; init; }

    public bool HasSize => Height is not null;

    public override string ToString()
    {
        static string Side(int? side, string unknown) => side?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? unknown;

        return $"{Name} [N, {Channels}, {Side(Height, "height")}, {Side(Width, "width")}]";
    }
}

/// <summary>How the channels of decoded pixels become those the network was trained on: permuted and scaled by its first weights.</summary>
/// <param name="Source">For each pixel channel, the network's channel; -1 for one that it does not see.</param>
/// <param name="Scale">For each of the network's channels, the factor that its weights take up.</param>
internal sealed record PixelChannels(IReadOnlyList<int> Source, IReadOnlyList<double> Scale);
