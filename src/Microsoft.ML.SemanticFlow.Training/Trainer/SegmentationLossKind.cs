// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What training makes small.</summary>
public enum SegmentationLossKind
{
    /// <summary>Cross entropy over all pixels that count.</summary>
    CrossEntropy,

    /// <summary>Cross entropy over the hard pixels only: online hard example mining, as the papers train.</summary>
    OhemCrossEntropy,
}
