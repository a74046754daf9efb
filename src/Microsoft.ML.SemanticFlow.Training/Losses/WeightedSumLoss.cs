// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>One loss plus a weight times another, such as cross entropy and Lovász-softmax.</summary>
internal sealed class WeightedSumLoss(PixelLoss first, PixelLoss second, double weight) : PixelLoss
{
    /// <inheritdoc/>
    public override PixelLoss At(int epoch) => new WeightedSumLoss(first.At(epoch), second.At(epoch), weight);

    protected internal override Tensor OfPixels(Tensor logits, Tensor labels) => first.OfPixels(logits, labels) + weight * second.OfPixels(logits, labels);
}
