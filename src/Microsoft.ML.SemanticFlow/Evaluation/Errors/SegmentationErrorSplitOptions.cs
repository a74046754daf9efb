// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How wrong pixels are told apart: at a border, in the extent of a region that was found, or a whole region.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions
/// {
///     ErrorSplit = new SegmentationErrorSplitOptions { BorderDistance = 3 },
/// });
/// </code>
/// </example>
public sealed record SegmentationErrorSplitOptions
{
    /// <summary>Up to how far from a true border a pixel is at it, in pixels (chessboard): 0 to 1024. Default 2.</summary>
    public int BorderDistance
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(BorderDistance));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024, nameof(BorderDistance));
            field = value;
        }
    } = 2;

    /// <summary>Whether pixels that touch at a corner are of one region (8-connected). Default true.</summary>
    public bool CornersConnect { get; init; } = true;
}
