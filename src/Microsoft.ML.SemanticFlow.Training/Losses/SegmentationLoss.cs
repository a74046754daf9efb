// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow;

/// <summary>What training makes small: one of the losses, with its own numbers.</summary>
/// <example>
/// <code>
/// SegmentationLoss loss = new OhemCrossEntropyLoss();
/// var training = options with { Loss = loss };
/// </code>
/// </example>
public abstract record SegmentationLoss : IRecipePart
{
    private protected SegmentationLoss() { }

    internal abstract PixelCriterion Create(LossContext context);
}
