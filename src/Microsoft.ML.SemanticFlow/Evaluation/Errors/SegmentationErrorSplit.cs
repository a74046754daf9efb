// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>What wrong pixels are: near a border, part of a region that was found elsewhere, or of a region that was missed or invented as a whole.</summary>
/// <remarks>
/// A region of the ground truth is a connected part of one class, a region of the prediction likewise, over the pixels that count. It is found when one of its
/// pixels is right.
/// </remarks>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { ErrorSplit = new SegmentationErrorSplitOptions() });
/// evaluation.Add(truth, mask, "street.png");
/// SegmentationErrorSplit split = evaluation.ErrorSplit!;
/// Console.WriteLine($"{split.WrongCount} wrong pixels, {split.BorderCount} of them near borders");
/// </code>
/// </example>
public sealed class SegmentationErrorSplit
{
    internal SegmentationErrorSplit(IReadOnlyList<SegmentationClassErrors> classes, long border, long extent, long invented, long missed) =>
        (PerClass, BorderCount, ExtentCount, InventedCount, MissedCount) = (classes, border, extent, invented, missed);

    /// <summary>The errors of each class, by train id.</summary>
    public IReadOnlyList<SegmentationClassErrors> PerClass { get; }

    /// <summary>Wrong pixels near a true border.</summary>
    public long BorderCount { get; }

    /// <summary>Other wrong pixels, whose two regions were both found: one reaches too far, the other not far enough.</summary>
    public long ExtentCount { get; }

    /// <summary>Other wrong pixels, whose predicted region is nowhere right.</summary>
    public long InventedCount { get; }

    /// <summary>Other wrong pixels, whose true region was found nowhere, and whose predicted one is right elsewhere.</summary>
    public long MissedCount { get; }

    /// <summary>All wrong pixels.</summary>
    public long WrongCount => BorderCount + ExtentCount + InventedCount + MissedCount;
}
