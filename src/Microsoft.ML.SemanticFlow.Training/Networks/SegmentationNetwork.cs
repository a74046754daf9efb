// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks;

/// <summary>What a network gives for a batch of images, at the resolution of its head.</summary>
/// <param name="Main">Logits, [N, K, h, w].</param>
/// <param name="Auxiliary">Logits of the deep-supervision heads, coarse to fine; empty in evaluation mode and for networks without.</param>
internal readonly record struct NetworkOutput(Tensor Main, IReadOnlyList<Tensor> Auxiliary);

/// <summary>The contract of every network: normalised RGB images [N, 3, H, W], H and W at least 32, to class scores.</summary>
/// <remarks>The network never sees labels or losses. State-dict names are the original's.</remarks>
internal abstract class SegmentationNetwork(string name, int classCount) : Module<Tensor, Tensor>(name)
{
    public int ClassCount { get; } = classCount;

    /// <summary>Scores at the head's resolution, before the last enlargement.</summary>
    public abstract NetworkOutput Predict(Tensor images);

    /// <summary>Scores at the images' size: [N, 3, H, W] to [N, K, H, W].</summary>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var logits = Predict(images).Main;
        return functional.interpolate(logits, size: images.shape[2..], mode: InterpolationMode.Bilinear, align_corners: true).MoveToOuterDisposeScope();
    }
}
