// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>The main output's loss, plus that of every auxiliary output times a weight.</summary>
/// <remarks>Li et al., ECCV 2020 (arXiv 2002.10120), "Network Architectures": weight 1, the same threshold for every output.</remarks>
internal sealed class DeepSupervisionLoss(PixelLoss term, double weight = 1) : SegmentationLoss
{
    /// <inheritdoc/>
    public override Tensor Compute(NetworkOutput output, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var total = term.Compute(output.Main, labels);
        foreach (var auxiliary in output.Auxiliary) total = total + weight * term.Compute(auxiliary, labels);
        return total.MoveToOuterDisposeScope();
    }
}
