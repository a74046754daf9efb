// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>An image and the class ids of its pixels, of one size.</summary>
internal sealed record LabelledImage(PixelImage Image, SegmentationMask Mask)
{
    /// <summary>Where it stands, for messages: its row, and its file where the view tells; null where neither is known.</summary>
    public string? Place { get; init; }

    /// <summary>The source it comes from, in a set of several; null in others.</summary>
    public string? Source { get; init; }
}
