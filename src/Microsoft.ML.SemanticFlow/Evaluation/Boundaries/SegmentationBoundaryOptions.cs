// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How well borders are met: boundary F, Boundary IoU, and IoU in bands around the true borders.</summary>
/// <example>
/// <code>
/// var options = new SegmentationEvaluationOptions
/// {
///     Boundaries = new SegmentationBoundaryOptions { TrimapWidths = [1, 2, 4], TrimapDistance = PixelDistance.Euclidean },
/// };
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, options);
/// </code>
/// </example>
public sealed record SegmentationBoundaryOptions
{
    private const int Most = 16;
    private const int LargestRadius = 1024;
    private const double LargestShare = 0.1;

    /// <summary>How far a boundary may be off in boundary F: 1 to 1024 whole pixels, or up to 0.1 as a share of the image's diagonal, which is rounded up.
    /// At most 16. The default is that of the papers: 0.00088, 0.001875, 0.00375 and 0.005, which are 3, 5, 9 and 12 pixels at 1024 x 2048.</summary>
    public IReadOnlyList<double> Thresholds
    {
        get;
        init
        {
            Check(
                value, nameof(Thresholds), threshold => threshold is > 0 and <= LargestShare || (threshold is >= 1 and <= LargestRadius && threshold == Math.Floor(threshold)),
                $"a whole number from 1 to {LargestRadius}, or a share above 0 and up to {LargestShare.ToString(CultureInfo.InvariantCulture)}");
            field = [.. value];
        }
    } = [0.00088, 0.001875, 0.00375, 0.005];

    /// <summary>How wide the boundary of Boundary IoU is, as a share of the image's diagonal: above 0, up to 1. Default 0.02.</summary>
    public double BoundaryIoURatio
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(BoundaryIoURatio));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1, nameof(BoundaryIoURatio));
            field = double.IsNaN(value) ? throw new ArgumentOutOfRangeException(nameof(BoundaryIoURatio), value, "It must be a number.") : value;
        }
    } = 0.02;

    /// <summary>Widths of the bands (trimaps), in pixels to either side of the border's own: 1 to 1024, at most 16 of them. Default 1, 2, 4, 8.</summary>
    public IReadOnlyList<int> TrimapWidths
    {
        get;
        init
        {
            Check(value, nameof(TrimapWidths), width => width is >= 1 and <= LargestRadius, $"from 1 to {LargestRadius}");
            field = [.. value];
        }
    } = [1, 2, 4, 8];

    /// <summary>How the width of a band is measured. Default chessboard.</summary>
    public PixelDistance TrimapDistance
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(TrimapDistance), value, "There is no such distance.");
    }

    /// <summary>Whether the band runs along pixels that do not count, too. Default false.</summary>
    public bool IgnoredIsBorder { get; init; }

    private static void Check<T>(IReadOnlyList<T> values, string name, Predicate<T> valid, string range)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.Count > Most || !values.All(value => valid(value)))
            throw new ArgumentOutOfRangeException(name, $"{name} must be at most {Most} numbers, each {range}.");
    }
}
