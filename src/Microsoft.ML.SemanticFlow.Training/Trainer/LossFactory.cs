// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Losses;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>From the options to the loss that they describe.</summary>
internal static class LossFactory
{
    /// <summary>Refuses options that would have no effect or name no class.</summary>
    /// <exception cref="ArgumentException">The message says which.</exception>
    public static void Check(SemanticFlowTrainerOptions options)
    {
        if (options.ClassWeighting != ClassWeighting.None && !Kinds(options).Any(TakesClassWeights))
        {
            throw new ArgumentException(
                $"ClassWeighting {options.ClassWeighting} has no effect on the loss {string.Join(" + ", Kinds(options))}, which weighs classes by itself. Leave it out, or train with cross entropy, OHEM or the focal loss.", nameof(options));
        }
    }

    /// <summary>The loss of a run.</summary>
    /// <param name="options">The options.</param>
    /// <param name="labels">The classes.</param>
    /// <param name="countPixels">Counts the training pixels of each class; called only where class weights ask for it.</param>
    public static SegmentationLoss Create(SemanticFlowTrainerOptions options, LabelMap labels, Func<long[]> countPixels)
    {
        float[]? weights = options.ClassWeighting switch
        {
            ClassWeighting.InverseLogFrequency => ClassWeights.FromPixelCounts(countPixels()),
            ClassWeighting.SquareRootInverseLogFrequency => ClassWeights.FromPixelCounts(countPixels(), exponent: 0.5),
            _ => null,
        };
        var pixels = OfKind(options.Loss);
        if (options.AddedLoss is { } added)
            pixels = new WeightedSumLoss(pixels, OfKind(added), options.AddedLossWeight);
        return new DeepSupervisionLoss(pixels, options.DeepSupervisionWeights);

        PixelLoss OfKind(SegmentationLossKind kind) => kind switch
        {
            SegmentationLossKind.CrossEntropy => new CrossEntropyLoss(weights),
            SegmentationLossKind.OhemCrossEntropy => new OhemCrossEntropyLoss(options.OhemThreshold, options.OhemMinKept, weights),
            SegmentationLossKind.ImageWeightedCrossEntropy => new ImageWeightedCrossEntropyLoss(options.ImageWeightBound, options.WeighOverBatch),
            SegmentationLossKind.BoundaryRelaxedCrossEntropy => new BoundaryRelaxedLoss
            {
                Window = options.BoundaryWindow,
                Bound = options.ImageWeightBound,
                OverBatch = options.WeighOverBatch,
                StrictClasses = ClassNames.ToIds(options.StrictBoundaryClasses, labels, nameof(options.StrictBoundaryClasses)),
                RelaxedEpochs = options.BoundaryRelaxedEpochs,
            },
            SegmentationLossKind.Focal => new FocalLoss(options.FocalGamma, weights),
            SegmentationLossKind.Dice => new DiceLoss(),
            _ => new LovaszSoftmaxLoss(),
        };
    }

    private static IEnumerable<SegmentationLossKind> Kinds(SemanticFlowTrainerOptions options) =>
        options.AddedLoss is { } added ? [options.Loss, added] : [options.Loss];

    private static bool TakesClassWeights(SegmentationLossKind kind) =>
        kind is SegmentationLossKind.CrossEntropy or SegmentationLossKind.OhemCrossEntropy or SegmentationLossKind.Focal;
}
