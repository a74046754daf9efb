// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow;

/// <summary>The flow field that a network learned and found in one image: from where each cell of its finest grid takes the coarse features.</summary>
/// <remarks>
/// It is the flow of the last alignment: Li et al., ECCV 2020 (arXiv 2002.10120), "Flow Alignment Module"; in SFNet-Lite that of the coarse features, IJCV 2023
/// (arXiv 2207.04415). Immutable and owned by the garbage collector.
/// </remarks>
/// <example>
/// <code>
/// SegmentationFlow flow = segmenter.PredictDetailed("street.png", PredictionDetails.Flow).Flow;
/// Console.WriteLine($"{flow.Height} x {flow.Width} cells, the longest vector {flow.LongestVector:f1} pixels");
/// new MaskPainter().Flow(flow).Save("street-flow.png");
/// </code>
/// </example>
public sealed class SegmentationFlow
{
    private readonly float[] _x;
    private readonly float[] _y;

    internal SegmentationFlow(float[] x, float[] y, int height, int width, int imageHeight, int imageWidth) =>
        (_x, _y, Height, Width, ImageHeight, ImageWidth) = (x, y, height, width, imageHeight, imageWidth);

    /// <summary>Rows of the field: an eighth or a quarter of the image's, by the network.</summary>
    public int Height { get; }

    /// <summary>Columns of the field.</summary>
    public int Width { get; }

    /// <summary>Rows of the image.</summary>
    public int ImageHeight { get; }

    /// <summary>Columns of the image.</summary>
    public int ImageWidth { get; }

    /// <summary>How far to the right each cell looks, [<see cref="Height"/>, <see cref="Width"/>] row by row, in pixels of the image.</summary>
    public ReadOnlySpan<float> X => _x;

    /// <summary>How far down each cell looks, in pixels of the image.</summary>
    public ReadOnlySpan<float> Y => _y;

    /// <summary>The length of the longest vector, in pixels of the image.</summary>
    public double LongestVector => FlowWheel.Longest(_x, _y);

    /// <summary>Of the network's own numbers [2, h, w]: positions run from -1 to 1 over the grid, and a flow of one moves by 1 / w of that.</summary>
    internal static SegmentationFlow FromNetwork(ReadOnlySpan<float> values, int height, int width, int imageHeight, int imageWidth)
    {
        float[] x = values[..(height * width)].ToArray(), y = values[(height * width)..].ToArray();
        double across = (imageWidth - 1) / (2.0 * width), down = (imageHeight - 1) / (2.0 * height);
        for (int i = 0; i < x.Length; i++)
            (x[i], y[i]) = ((float)(x[i] * across), (float)(y[i] * down));
        return new SegmentationFlow(x, y, height, width, imageHeight, imageWidth);
    }
}
