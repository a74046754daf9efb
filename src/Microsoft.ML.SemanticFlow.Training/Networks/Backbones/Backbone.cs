// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Microsoft.ML.SemanticFlow.Networks.Backbones;

/// <summary>The contract of every backbone: normalised images [N, 3, H, W] to a pyramid of features, fine to coarse.</summary>
/// <param name="name">Of the type.</param>
/// <param name="channels">Channels of each level of the pyramid, fine to coarse.</param>
internal abstract class Backbone(string name, int[] channels) : Module<Tensor, Tensor[]>(name)
{
    /// <summary>Channels of each level of the pyramid, fine to coarse.</summary>
    public IReadOnlyList<int> Channels { get; } = channels;

    /// <summary>Whether the original's networks hold the stages themselves, and not a module named <c>backbone</c>.</summary>
    public abstract bool IsInlined { get; }

    /// <summary>Where a tensor of the authors' file of ImageNet weights belongs.</summary>
    /// <param name="imageNetName">Its name in the file.</param>
    /// <returns>Its name in the network's state dict; null for what only classifying ImageNet needs.</returns>
    public abstract string? NameOf(string imageNetName);

    /// <summary>Writes what <c>forward</c> does in evaluation mode.</summary>
    public abstract OnnxValue[] Emit(GraphBuilder graph, OnnxValue image);
}
