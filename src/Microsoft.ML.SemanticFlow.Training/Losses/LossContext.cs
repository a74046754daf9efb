// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>What a loss may ask of the data that it is for.</summary>
/// <param name="labels">The classes.</param>
/// <param name="countPixels">Counts the training pixels of each class; called at most once, and only where class weights ask for it.</param>
internal sealed class LossContext(LabelMap labels, Func<long[]> countPixels)
{
    private readonly Lazy<long[]> _pixels = new(countPixels);

    public LabelMap Labels => labels;

    /// <summary>A weight for each class, or null: all alike.</summary>
    public float[]? Weights(ClassWeighting weighting) => weighting switch
    {
        ClassWeighting.InverseLogFrequency => ClassWeights.FromPixelCounts(_pixels.Value),
        ClassWeighting.SquareRootInverseLogFrequency => ClassWeights.FromPixelCounts(_pixels.Value, exponent: 0.5),
        _ => null,
    };
}
