// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How a data set is looked at.</summary>
/// <example>
/// <code>
/// var options = new DatasetInspectionOptions { Workers = 1, Ids = MaskIds.Raw };
/// var inspection = ml.SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, "my-data", options);
/// </code>
/// </example>
public sealed record DatasetInspectionOptions
{
    /// <summary>What the ids in the label files mean; null takes what the data set says, and where that is nothing, ids are their own classes.</summary>
    public LabelMap? Labels { get; init; }

    /// <summary>Which ids the label files hold; null takes what the data set says.</summary>
    public MaskIds? Ids { get; init; }

    /// <summary>Images read at once, each by one thread; null takes one a processor.</summary>
    public int? Workers
    {
        get;
        init
        {
            if (value is { } count)
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(Workers));
            field = value;
        }
    }

    /// <summary>Told of images looked at, and of how many; may be called from several threads at once.</summary>
    public IProgress<(int Done, int Total)>? Progress { get; init; }

    /// <summary>Ends the work with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken CancellationToken { get; init; }
}
