// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>How many pixels the masks of a data set have.</summary>
/// <param name="Classes">Of each class.</param>
/// <param name="Ignored">Of none.</param>
internal sealed record PixelCounts(long[] Classes, long Ignored)
{
    public long Counted => Classes.Sum();
}
