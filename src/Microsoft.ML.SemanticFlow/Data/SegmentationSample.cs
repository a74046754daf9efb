// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Data;

/// <summary>An image file and its label file; no label file in a folder that is only scored.</summary>
internal sealed record SegmentationSample(string ImagePath, string? LabelPath)
{
    /// <summary>The source it comes from, in a set of several; null in others.</summary>
    public string? Source { get; init; }

    /// <summary>How its label file is read; null where it is read as the data set says.</summary>
    public LabelPart? Part { get; init; }
}
