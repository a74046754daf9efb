// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>The wrong pixels of one class, and what of its IoU each kind of them costs: <see cref="IoU"/> + <see cref="BorderLoss"/> + <see cref="ExtentLoss"/>
/// + <see cref="WholeLoss"/> = 1.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { ErrorSplit = new SegmentationErrorSplitOptions() });
/// evaluation.Add(truth, mask, "street.png");
/// SegmentationClassErrors road = evaluation.ErrorSplit!.PerClass[3];
/// Console.WriteLine($"IoU {road.IoU:f2} + borders {road.BorderLoss:f2} + extent {road.ExtentLoss:f2} + whole regions {road.WholeLoss:f2} = 1");
/// </code>
/// </example>
public sealed class SegmentationClassErrors
{
    internal SegmentationClassErrors(ReadOnlySpan<long> counts) =>
        (HitCount, FalseBorderCount, FalseExtentCount, InventedCount, LostBorderCount, LostExtentCount, MissedCount) =
            (counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6]);

    /// <summary>Pixels of the class that were found.</summary>
    public long HitCount { get; }

    /// <summary>Pixels wrongly predicted as the class, near a true border.</summary>
    public long FalseBorderCount { get; }

    /// <summary>Other pixels wrongly predicted as the class, in a predicted region that is right elsewhere: it reaches too far.</summary>
    public long FalseExtentCount { get; }

    /// <summary>Other pixels wrongly predicted as the class, in a predicted region that is nowhere right.</summary>
    public long InventedCount { get; }

    /// <summary>Pixels of the class that were not found, near a true border.</summary>
    public long LostBorderCount { get; }

    /// <summary>Other pixels of the class that were not found, of a true region that was found elsewhere.</summary>
    public long LostExtentCount { get; }

    /// <summary>Other pixels of the class that were not found, of a true region that was found nowhere.</summary>
    public long MissedCount { get; }

    /// <summary>The class's IoU, in [0, 1]; NaN when it occurs in neither mask, as are the losses then.</summary>
    public double IoU => HitCount / Union;

    /// <summary>What of the IoU is lost near borders, in [0, 1].</summary>
    public double BorderLoss => (FalseBorderCount + LostBorderCount) / Union;

    /// <summary>What of the IoU is lost where regions reach too far, or not far enough, in [0, 1].</summary>
    public double ExtentLoss => (FalseExtentCount + LostExtentCount) / Union;

    /// <summary>What of the IoU is lost to whole regions that were invented or missed, in [0, 1].</summary>
    public double WholeLoss => (InventedCount + MissedCount) / Union;

    private double Union => HitCount + FalseBorderCount + FalseExtentCount + InventedCount + LostBorderCount + LostExtentCount + MissedCount;
}
