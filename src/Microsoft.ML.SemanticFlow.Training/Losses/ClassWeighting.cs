// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How much a pixel of each class counts in the loss.</summary>
public enum ClassWeighting
{
    /// <summary>All the same.</summary>
    None,

    /// <summary>Rare classes count more: min(8, 1 / (6 ln(1.02 + p))), p the share of the class among the training pixels that count.</summary>
    InverseLogFrequency,

    /// <summary>The square root of <see cref="InverseLogFrequency"/>: rare classes count more, but are less often seen where they are not.</summary>
    SquareRootInverseLogFrequency,
}
