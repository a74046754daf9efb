// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Draws a training crop from a labelled image: the same scale, place and mirroring for pixels and labels.</summary>
/// <remarks>Deterministic from the random source alone. Threads may share it.</remarks>
internal sealed class JointAugmentation(AugmentationOptions options)
{
    public AugmentationOptions Options { get; } = options;

    /// <summary>Writes one normalised crop and its labels into a batch.</summary>
    /// <param name="sample">The image and its mask.</param>
    /// <param name="random">Decides everything that is drawn.</param>
    /// <param name="image">Takes 3 x height x width floats: [3, H, W], or [H, W, 3] when <paramref name="channelsLast"/>; RGB.</param>
    /// <param name="labels">Takes height x width train ids, 255 where nothing counts.</param>
    /// <param name="channelsLast">Whether a pixel's channels lie together.</param>
    public void Apply(LabelledImage sample, Random random, Span<float> image, Span<long> labels, bool channelsLast) =>
        throw new NotSupportedException();
}
