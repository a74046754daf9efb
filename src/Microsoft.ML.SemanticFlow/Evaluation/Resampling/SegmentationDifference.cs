// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A figure of two models on the same images, and whether they differ: first minus second.</summary>
/// <example>
/// <code>
/// var other = new SegmentationEvaluation(LabelMaps.CamVid);
/// other.Add(truth, truth, "street.png");
/// SegmentationDifference difference = SegmentationComparison.Compare(evaluation, other).PixelAccuracy;
/// Console.WriteLine($"from {difference.First.Value:f3} to {difference.Second.Value:f3}: {difference.Difference}");
/// </code>
/// </example>
public sealed class SegmentationDifference
{
    internal SegmentationDifference(double first, double second, double[] firstResampled, double[] secondResampled, double level)
    {
        double[] differences = [.. firstResampled.Zip(secondResampled, (one, other) => one - other)];
        First = new SegmentationInterval(first, firstResampled, level);
        Second = new SegmentationInterval(second, secondResampled, level);
        Difference = new SegmentationInterval(first - second, differences, level);
        double[] defined = [.. differences.Where(double.IsFinite)];
        PValue = defined.Length == 0
            ? double.NaN
            : Math.Min(1, 2 * Math.Min(defined.Count(value => value <= 0), defined.Count(value => value >= 0)) / (double)defined.Length);
    }

    /// <summary>The first model's figure.</summary>
    public SegmentationInterval First { get; }

    /// <summary>The second model's figure.</summary>
    public SegmentationInterval Second { get; }

    /// <summary>First minus second, of the same resamples: narrower than the two intervals suggest, since both models meet the same images.</summary>
    public SegmentationInterval Difference { get; }

    /// <summary>The two-sided p value of no difference: twice the smaller share of resamples on one side of 0, at most 1. With B resamples, 0 stands for less than
    /// 2 / B; NaN where no resample has the figure.</summary>
    public double PValue { get; }

    /// <summary>Such as "+0.0118 (-0.0037 to +0.0258), p = 0.170".</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Difference.Value:+0.0000;-0.0000} ({Difference.Lower:+0.0000;-0.0000} to {Difference.Upper:+0.0000;-0.0000}), p = {PValue:F3}");
}
