// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How the range that 256 steps cover is chosen from the values that a feature map took.</summary>
public enum CalibrationMethod
{
    /// <summary>From the lowest value to the highest: nothing is cut, and one outlier makes all steps coarse.</summary>
    MinMax,

    /// <summary>Without the rarest values at both ends.</summary>
    Percentile,

    /// <summary>The range that loses least of the distribution: the smallest Kullback-Leibler divergence of the stepped values from the true ones.</summary>
    /// <remarks>It weighs values by how often they occur. Where rare large ones decide, as in a trained SFNet-Lite, it keeps fewer pixels than the others: compare.</remarks>
    Entropy,
}
