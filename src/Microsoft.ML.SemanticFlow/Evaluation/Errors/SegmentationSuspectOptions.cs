// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>Where the label may be wrong: the model is sure of another class. Each image needs its <see cref="SegmentationEvidence"/>, and images are kept.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions
/// {
///     Suspects = new SegmentationSuspectOptions { Confidence = 0.95, SmallestRegion = 100 },
/// });
/// </code>
/// </example>
public sealed record SegmentationSuspectOptions
{
    /// <summary>From which confidence on a wrong pixel is suspect: 0 to 1. Default 0.9.</summary>
    public double Confidence
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Confidence), value, "It must be from 0 to 1.");
    } = 0.9;

    /// <summary>Up to how far from a true border pixels are not looked at, in pixels (chessboard): 0 to 1024. Labels are seldom drawn better. Default 2.</summary>
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

    /// <summary>Pixels that a region has at least: 1 or more. Default 64.</summary>
    public int SmallestRegion
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(SmallestRegion));
            field = value;
        }
    } = 64;

    /// <summary>Regions of an image that are remembered, the largest: 1 to 1000. Default 5.</summary>
    public int MostOfAnImage
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MostOfAnImage));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1000, nameof(MostOfAnImage));
            field = value;
        }
    } = 5;
}
