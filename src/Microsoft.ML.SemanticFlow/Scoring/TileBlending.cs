// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How overlapping tiles share a pixel's scores.</summary>
public enum TileBlending
{
    /// <summary>Every tile counts the same, as in the papers' evaluation.</summary>
    Mean,

    /// <summary>A tile counts less towards an edge that it shares, falling to 0 over the overlap, so that no seam shows.</summary>
    Linear,
}
