// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How figures are resampled over images (bootstrap): images are drawn with repetition, as many as there are, again and again.</summary>
/// <example>
/// <code>
/// var options = new SegmentationResamplingOptions { Resamples = 500, Level = 0.9, Seed = 7 };
/// Console.WriteLine(SegmentationIntervals.Estimate(evaluation, options).MeanIoU);
/// </code>
/// </example>
public sealed record SegmentationResamplingOptions
{
    /// <summary>How often images are drawn: 1 to 100,000. Default 1000.</summary>
    public int Resamples
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Resamples));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100_000, nameof(Resamples));
            field = value;
        }
    } = 1000;

    /// <summary>What share of the resamples an interval holds: above 0, below 1. Default 0.95.</summary>
    public double Level
    {
        get;
        init => field = value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(Level), value, "It must be between 0 and 1.");
    } = 0.95;

    /// <summary>Which images are drawn: the same seed draws the same, on every machine. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The draws themselves, instead of <see cref="Resamples"/> and <see cref="Seed"/>: in each, indexes of
    /// <see cref="SegmentationEvaluation.Images"/>. Null, the default, draws.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Draws { get; init; }

    /// <summary>Ends the work with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }
}
