// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>A pixel in the middle of what a class covers of a tile, for crops to be drawn around.</summary>
internal readonly record struct Centroid(int Y, int X);
