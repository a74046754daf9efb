// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Scoring;

/// <summary>Reads the flow field of an image, by a session of its own: the one that scores stays as it is.</summary>
internal sealed class FlowScorer : IDisposable
{
    private readonly ImageScorer _scorer;
    private readonly OnnxSession _session;
    private readonly string _value;

    private FlowScorer(OnnxSession session, ModelDescription description, string value) =>
        (_session, _scorer, _value) = (session, new ImageScorer(session, description), value);

    public static FlowScorer Open(byte[] file, ModelDescription description, string value, ExecutionOptions execution) =>
        new(OnnxSession.Open(FlowValue.AsOutput(file, value), description.Network, execution), description, value);

    /// <summary>The flow of one pass over the whole image, at the scale for which the network was trained.</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">How messages name it; null when it has no name.</param>
    /// <param name="cancellation">Stops within the network.</param>
    public SegmentationFlow Score(PixelImage image, string? source, CancellationToken cancellation)
    {
        var description = _scorer.Description;
        using var scaled = description is { Height: null, Scale: not 1 and var scale }
            ? Resampling.ResizeRented(image, Math.Max(1, (int)(image.Height * scale)), Math.Max(1, (int)(image.Width * scale)), ResamplingFilter.Bilinear)
            : null;
        using var resized = _scorer.ToInputSize(scaled ?? image, source);
        SegmentationFlow? flow = null;
        using var held = _session.Hold();
        _session.ReadMap(resized ?? scaled ?? image, description, _value, channels: 2, (values, height, width) =>
            flow = SegmentationFlow.FromNetwork(values, height, width, image.FullHeight, image.FullWidth), cancellation);
        return flow!; // the session reads it or throws
    }

    public void Dispose() => _session.Dispose();
}
