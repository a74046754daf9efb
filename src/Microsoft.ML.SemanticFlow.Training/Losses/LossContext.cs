// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Labels;

namespace Microsoft.ML.SemanticFlow.Losses;

/// <summary>What a loss may ask of the training that it is for.</summary>
/// <param name="labels">The classes.</param>
/// <param name="pixels">The training pixels of each class.</param>
/// <param name="processes">The processes that train together.</param>
internal sealed class LossContext(LabelMap labels, IReadOnlyList<long> pixels, Collective processes)
{
    public Collective Processes => processes;

    public LabelMap Labels => labels;

    /// <summary>A weight for each class, or null: all alike.</summary>
    public float[]? Weights(ClassWeighting weighting) => weighting switch
    {
        ClassWeighting.InverseLogFrequency => ClassWeights.FromPixelCounts(pixels),
        ClassWeighting.SquareRootInverseLogFrequency => ClassWeights.FromPixelCounts(pixels, exponent: 0.5),
        _ => null,
    };
}
