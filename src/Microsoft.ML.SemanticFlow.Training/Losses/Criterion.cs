// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>The contract of every loss: a network's output and labels to one number.</summary>
/// <remarks>
/// Where several processes train, each calls it with its own part of a batch, and gets its own part of the loss: the parts add up to the loss
/// of the whole batch, and their gradients to its gradient.
/// </remarks>
internal abstract class Criterion
{
    /// <summary>The label of pixels that do not count.</summary>
    public const byte Ignored = 255;

    /// <summary>The loss of a batch, a scalar to call <c>backward</c> on; of no meaning when no pixel counts.</summary>
    /// <param name="output">Logits at any resolution; they are enlarged to the labels' size, never the labels reduced.</param>
    /// <param name="labels">Class ids, int64 [N, H, W].</param>
    public abstract Tensor Compute(NetworkOutput output, Tensor labels);

    /// <summary>The loss of an epoch, counted from 0; most stay the same over a run.</summary>
    public virtual Criterion At(int epoch) => this;

    /// <summary>Whether any pixel counts. A training step on a batch without can make every weight NaN: skip it.</summary>
    public static bool AnyCounts(Tensor labels)
    {
        using var scope = NewDisposeScope();
        return labels.IsNotEqualTo(Ignored).any().item<bool>();
    }
}
