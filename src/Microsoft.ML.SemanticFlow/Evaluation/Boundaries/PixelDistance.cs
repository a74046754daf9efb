// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far two pixels are apart that are dx columns and dy rows from each other.</summary>
public enum PixelDistance
{
    /// <summary>The larger of dx and dy: pixels within a distance are a square.</summary>
    Chessboard,

    /// <summary>The root of dx² + dy²: pixels within a distance are a disk.</summary>
    Euclidean,
}
