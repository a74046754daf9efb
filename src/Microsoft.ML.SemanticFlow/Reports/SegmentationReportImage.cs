// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>One image as a page shows it.</summary>
/// <example>
/// <code>
/// evaluation.SaveReport("report.html", new SegmentationReportOptions
/// {
///     Images = name => new SegmentationReportImage { ImagePath = name, Truth = truth, Prediction = mask },
/// });
/// </code>
/// </example>
public sealed record SegmentationReportImage
{
    /// <summary>The image file; null where there is none, and the masks are shown alone.</summary>
    public string? ImagePath { get; init; }

    /// <summary>The ground truth.</summary>
    public required SegmentationMask Truth { get; init; }

    /// <summary>The prediction, of the same size.</summary>
    public required SegmentationMask Prediction { get; init; }

    /// <summary>The probability of each pixel's class, [H, W], row by row; empty where it is not known.</summary>
    public ReadOnlyMemory<float> Confidence { get; init; }
}
