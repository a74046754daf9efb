// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>Weights of classes by how little of an image they cover: 1 + bound (1 - share) for those that occur, 1 for the others.</summary>
internal static class ImageWeights
{
    /// <summary>A weight for each class.</summary>
    /// <param name="amounts">How much there is of each class.</param>
    /// <param name="total">What the shares are of.</param>
    /// <param name="bound">How much the weight of a class that hardly occurs exceeds 1.</param>
    public static float[] Of(IEnumerable<double> amounts, double total, double bound) =>
        [.. amounts.Select(amount => (float)(amount > 0 ? 1 + bound * (1 - amount / total) : 1))];
}
