// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>One image as two models predicted it.</summary>
/// <example>
/// <code>
/// var other = new SegmentationEvaluation(LabelMaps.CamVid);
/// other.Add(truth, truth, "street.png");
/// foreach (SegmentationImageComparison image in SegmentationComparison.Compare(evaluation, other).Images)
///     Console.WriteLine($"{image.First.Name}: {image.Difference:f3}");
/// </code>
/// </example>
public sealed class SegmentationImageComparison
{
    internal SegmentationImageComparison(SegmentationImageResult first, SegmentationImageResult second) => (First, Second) = (first, second);

    /// <summary>What the first model came to.</summary>
    public SegmentationImageResult First { get; }

    /// <summary>What the second model came to.</summary>
    public SegmentationImageResult Second { get; }

    /// <summary>The first model's mIoU of the image less the second's; NaN when no pixel counts.</summary>
    public double Difference => First.MeanIoU - Second.MeanIoU;
}
