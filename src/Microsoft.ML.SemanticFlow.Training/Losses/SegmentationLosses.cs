// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Recipes;

namespace Microsoft.ML.SemanticFlow;

/// <summary>Cross entropy over all pixels that count.</summary>
/// <example>
/// <code>
/// var training = options with { Loss = new CrossEntropyLoss { ClassWeighting = ClassWeighting.SquareRootInverseLogFrequency } };
/// </code>
/// </example>
public sealed record CrossEntropyLoss : SegmentationLoss
{
    /// <summary>How much a pixel of each class counts. Default <see cref="ClassWeighting.None"/>.</summary>
    public ClassWeighting ClassWeighting { get; init => field = Check.Defined(value); }

    internal override PixelCriterion Create(LossContext context) => new CrossEntropy(context.Weights(ClassWeighting), context.Processes);
}

/// <summary>Cross entropy over the hard pixels only: online hard example mining, as the papers train.</summary>
/// <remarks>Shrivastava et al., CVPR 2016 (arXiv 1604.03540).</remarks>
/// <example>
/// <code>
/// var training = options with { Loss = new OhemCrossEntropyLoss { Threshold = 0.7, MinKept = 10_000 } };
/// </code>
/// </example>
public sealed record OhemCrossEntropyLoss : SegmentationLoss
{
    /// <summary>A pixel is hard while the probability of its true class is at most this. Default 0.7.</summary>
    [Fingerprint("OhemThreshold")]
    public double Threshold { get; init => field = Check.Within(value, 0, 1); } = 0.7;

    /// <summary>At least this many pixels of a batch are kept as hard. Default 100000.</summary>
    [Fingerprint("OhemMinKept")]
    public int MinKept { get; init => field = Check.AtLeast(value, 0); } = 100_000;

    /// <summary>How much a pixel of each class counts. Default <see cref="ClassWeighting.None"/>.</summary>
    public ClassWeighting ClassWeighting { get; init => field = Check.Defined(value); }

    internal override PixelCriterion Create(LossContext context) => new OhemCrossEntropy(Threshold, MinKept, context.Weights(ClassWeighting), context.Processes);
}

/// <summary>Cross entropy in which easy pixels fade by (1 - p)^<see cref="Gamma"/>, p the probability of the true class.</summary>
/// <remarks>Lin et al., ICCV 2017 (arXiv 1708.02002).</remarks>
/// <example>
/// <code>
/// var training = options with { Loss = new FocalLoss { Gamma = 2 } };
/// </code>
/// </example>
public sealed record FocalLoss : SegmentationLoss
{
    /// <summary>How fast easy pixels fade; 0 is cross entropy. Default 2.</summary>
    [Fingerprint("FocalGamma")]
    public double Gamma { get; init => field = Check.Within(value, 0, 10); } = 2;

    /// <summary>How much a pixel of each class counts. Default <see cref="ClassWeighting.None"/>.</summary>
    public ClassWeighting ClassWeighting { get; init => field = Check.Defined(value); }

    internal override PixelCriterion Create(LossContext context) => new FocalCrossEntropy(Gamma, context.Weights(ClassWeighting), context.Processes);
}

/// <summary>One minus the Dice coefficient, averaged over the classes of a batch: rare classes count as much as frequent ones.</summary>
/// <remarks>Milletari et al., 3DV 2016 (arXiv 1606.04797).</remarks>
/// <example>
/// <code>
/// var training = options with { Loss = new DiceLoss() };
/// </code>
/// </example>
public sealed record DiceLoss : SegmentationLoss
{
    internal override PixelCriterion Create(LossContext context) => new SoftDice(context.Processes);
}

/// <summary>A surrogate of one minus mIoU, over the classes of a batch. Most used beside cross entropy, as an <see cref="AddedLoss"/>.</summary>
/// <remarks>Berman et al., CVPR 2018 (arXiv 1705.08790).</remarks>
/// <example>
/// <code>
/// var training = options with { Loss = new CrossEntropyLoss(), AddedLoss = new AddedLoss(new LovaszSoftmaxLoss()) };
/// </code>
/// </example>
public sealed record LovaszSoftmaxLoss : SegmentationLoss
{
    internal override PixelCriterion Create(LossContext context) => new LovaszSoftmax(context.Processes);
}

/// <summary>Cross entropy in which the classes that cover little of an image count more there, up to 1 + <see cref="Bound"/> times.</summary>
/// <remarks>As in the authors' code it is summed over the images of a batch: lower the learning rate as batches grow.</remarks>
/// <example>
/// <code>
/// var training = options with { Loss = new ImageWeightedCrossEntropyLoss { OverBatch = true } };
/// </code>
/// </example>
public sealed record ImageWeightedCrossEntropyLoss : SegmentationLoss
{
    /// <summary>A class that hardly occurs in an image weighs 1 + this there. Default 1.</summary>
    [Fingerprint("ImageWeightBound")]
    public double Bound { get; init => field = Check.NotNegative(value); } = 1;

    /// <summary>Whether the weights are made from the whole batch instead of each image. Default false.</summary>
    [Fingerprint("WeighOverBatch")]
    public bool OverBatch { get; init; }

    internal override PixelCriterion Create(LossContext context) => new ImageWeightedCrossEntropy(Bound, OverBatch, context.Processes);
}

/// <summary>
/// <see cref="ImageWeightedCrossEntropyLoss"/> that near a border asks only for one of the classes that meet there, whichever:
/// boundary label relaxation.
/// </summary>
/// <remarks>Zhu et al., CVPR 2019 (arXiv 1812.01593). As in the authors' code it is summed over the images of a batch: lower the learning rate as batches grow.</remarks>
/// <example>
/// <code>
/// var training = options with { Loss = new BoundaryRelaxedCrossEntropyLoss { Window = 3, StrictClasses = ["Pole"] } };
/// </code>
/// </example>
public sealed record BoundaryRelaxedCrossEntropyLoss : SegmentationLoss
{
    /// <summary>Pixels that labels reach beyond a border. Default 1.</summary>
    [Fingerprint("BoundaryWindow")]
    public int Window { get; init => field = Check.Within(value, 0, 32); } = 1;

    /// <summary>Epochs until relaxation ends: the window is halved then and borders count twice, as in the authors' code. Null relaxes to the end.</summary>
    [Fingerprint("BoundaryRelaxedEpochs")]
    public int? RelaxedEpochs { get; init => field = Check.AtLeast(value, 1); }

    /// <summary>Names of classes whose pixels are never relaxed, such as thin ones. Default none.</summary>
    [Fingerprint("StrictBoundaryClasses")]
    public IReadOnlyList<string> StrictClasses { get; init => field = Check.NotNull(value); } = [];

    /// <summary>A class that hardly occurs in an image weighs 1 + this there. Default 1.</summary>
    [Fingerprint("ImageWeightBound")]
    public double Bound { get; init => field = Check.NotNegative(value); } = 1;

    /// <summary>Whether the weights are made from the whole batch instead of each image. Default false.</summary>
    [Fingerprint("WeighOverBatch")]
    public bool OverBatch { get; init; }

    internal override PixelCriterion Create(LossContext context) => new BoundaryRelaxedCrossEntropy
    {
        Window = Window,
        Bound = Bound,
        OverBatch = OverBatch,
        StrictClasses = ClassNames.ToIds(StrictClasses, context.Labels, nameof(StrictClasses)),
        RelaxedEpochs = RelaxedEpochs,
        Processes = context.Processes,
    };
}
