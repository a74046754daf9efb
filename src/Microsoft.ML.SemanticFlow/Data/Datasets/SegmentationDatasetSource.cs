// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>One of the data sets that another is made of.</summary>
/// <example>
/// <code>
/// foreach (SegmentationDatasetSource source in SegmentationDatasets.Uds.Sources)
///     Console.WriteLine($"{source.Id} {source.SamplingWeight}");
/// </code>
/// </example>
public sealed record SegmentationDatasetSource
{
    /// <summary>A source.</summary>
    /// <param name="id">What the column Source says of its images.</param>
    /// <param name="samplingWeight">How often an image of it is drawn.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not above 0.</exception>
    public SegmentationDatasetSource(string id, double samplingWeight = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (!double.IsFinite(samplingWeight) || samplingWeight <= 0)
            throw new ArgumentOutOfRangeException(
                nameof(samplingWeight), samplingWeight, FormattableString.Invariant($"The weight of source '{id}' must be greater than 0, not {samplingWeight}."));
        (Id, SamplingWeight) = (id, samplingWeight);
    }

    /// <summary>What the column Source says of its images.</summary>
    public string Id { get; }

    /// <summary>How often an image of it is drawn in training, against one of a source that weighs 1.</summary>
    public double SamplingWeight { get; }

    /// <returns>Such as <c>cityscapes=2</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}={SamplingWeight}");
}
