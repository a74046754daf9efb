// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Where the list of colours and their meaning stands.</summary>
public enum LegendPlacement
{
    /// <summary>To the right of the picture, in as many columns as it needs.</summary>
    Right,

    /// <summary>Below the picture, in as many rows as it needs.</summary>
    Below,
}
