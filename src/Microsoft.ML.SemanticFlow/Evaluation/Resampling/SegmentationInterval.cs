// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A figure, and where it lies when images are drawn anew.</summary>
/// <example>
/// <code>
/// SegmentationInterval interval = SegmentationIntervals.Estimate(evaluation).MeanIoU;
/// Console.WriteLine($"{interval.Value:f3}, between {interval.Lower:f3} and {interval.Upper:f3}");
/// </code>
/// </example>
public sealed class SegmentationInterval
{
    internal SegmentationInterval(double value, double[] resampled, double level)
    {
        double[] sorted = [.. resampled.Where(double.IsFinite).Order()];
        Value = value;
        UndefinedCount = resampled.Length - sorted.Length;
        Lower = Percentile(sorted, (1 - level) / 2);
        Median = Percentile(sorted, 0.5);
        Upper = Percentile(sorted, (1 + level) / 2);
        Mean = sorted.Length == 0 ? double.NaN : sorted.Average();
        StandardDeviation = sorted.Length < 2 ? double.NaN : Math.Sqrt(sorted.Sum(drawn => (drawn - Mean) * (drawn - Mean)) / (sorted.Length - 1));
    }

    /// <summary>The figure of the images as they are.</summary>
    public double Value { get; }

    /// <summary>The lower end of the interval; NaN where no resample has the figure.</summary>
    public double Lower { get; }

    /// <summary>The upper end of the interval.</summary>
    public double Upper { get; }

    /// <summary>The median of the resamples.</summary>
    public double Median { get; }

    /// <summary>The mean of the resamples.</summary>
    public double Mean { get; }

    /// <summary>The sample standard deviation of the resamples.</summary>
    public double StandardDeviation { get; }

    /// <summary>Resamples that lack the figure, such as the IoU of a class that is in none of their images; they are left out.</summary>
    public int UndefinedCount { get; }

    /// <summary>Such as "0.7123 (0.6951 to 0.7288)".</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:F4} ({Lower:F4} to {Upper:F4})");

    // As NumPy does by itself: linear between the two nearest.
    private static double Percentile(double[] sorted, double share)
    {
        if (sorted.Length == 0)
            return double.NaN;
        double place = share * (sorted.Length - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    }
}
