// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A second loss, added to the first: for example Lovász-softmax beside cross entropy.</summary>
/// <example>
/// <code>
/// var training = options with { Loss = new CrossEntropyLoss(), AddedLoss = new AddedLoss(new DiceLoss()) { Weight = 0.5 } };
/// </code>
/// </example>
public sealed record AddedLoss : IRecipePart
{
    /// <summary>Adds a loss.</summary>
    /// <param name="loss">The loss.</param>
    public AddedLoss(SegmentationLoss loss) => Loss = loss;

    /// <summary>The loss.</summary>
    [Fingerprint(nameof(AddedLoss))]
    public SegmentationLoss Loss { get; init => field = Check.NotNull(value); }

    /// <summary>Its weight. Default 1.</summary>
    [Fingerprint("AddedLossWeight")]
    public double Weight { get; init => field = Check.Positive(value); } = 1;
}
