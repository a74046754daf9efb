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

    /// <summary>Cross entropy in which the classes that cover little of an image count more there, up to 1 + <see cref="SemanticFlowTrainerOptions.ImageWeightBound"/> times.</summary>
    /// <remarks>As in the authors' code it is summed over the images of a batch: lower the learning rate as batches grow.</remarks>
    ImageWeightedCrossEntropy,

    /// <summary>
    /// <see cref="ImageWeightedCrossEntropy"/> that near a border asks only for one of the classes that meet there, whichever:
    /// boundary label relaxation (Zhu et al., CVPR 2019).
    /// </summary>
    /// <remarks>As in the authors' code it is summed over the images of a batch: lower the learning rate as batches grow.</remarks>
    BoundaryRelaxedCrossEntropy,

    /// <summary>Cross entropy in which easy pixels fade by (1 - p)^<see cref="SemanticFlowTrainerOptions.FocalGamma"/> (Lin et al., ICCV 2017).</summary>
    Focal,

    /// <summary>One minus the Dice coefficient, averaged over the classes of a batch: rare classes count as much as frequent ones.</summary>
    Dice,

    /// <summary>A surrogate of one minus mIoU, over the classes of a batch (Berman et al., CVPR 2018). Most used beside cross entropy, see <see cref="SemanticFlowTrainerOptions.AddedLoss"/>.</summary>
    LovaszSoftmax,
}
