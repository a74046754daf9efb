// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation;

namespace Microsoft.ML.SemanticFlow;

/// <summary>How well the predictions of one part of the data match the ground truth.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid);
/// evaluation.Add(truth, mask, "street.png", source: "dusk");
/// foreach (SegmentationSourceResult source in evaluation.Sources)
///     Console.WriteLine($"{source.Source}: {source.ImageCount}");     // prints dusk: 1
/// </code>
/// </example>
public sealed class SegmentationSourceResult
{
    internal SegmentationSourceResult(string? source, int imageCount, SemanticSegmentationMetrics metrics) => (Source, ImageCount, Metrics) = (source, imageCount, metrics);

    internal SegmentationSourceResult(string? source, int imageCount, SemanticSegmentationMetrics metrics, MeasureSet measures, Int128[] measured)
        : this(source, imageCount, metrics)
    {
        Boundaries = measures.Boundaries(measured);
        ErrorSplit = measures.ErrorSplit(measured);
        Calibration = measures.Calibration(measured);
    }

    /// <summary>The part of the data; null for the images that were given none.</summary>
    public string? Source { get; }

    /// <summary>How many images it has.</summary>
    public int ImageCount { get; }

    /// <summary>The metrics over the pixels of these images together.</summary>
    public SemanticSegmentationMetrics Metrics { get; }

    /// <summary>How well borders are met in these images together; null where it is not measured.</summary>
    public SegmentationBoundaryMetrics? Boundaries { get; }

    /// <summary>What the wrong pixels of these images together are; null where it is not measured.</summary>
    public SegmentationErrorSplit? ErrorSplit { get; }

    /// <summary>Whether the probabilities of these images together mean what they say; null where it is not measured.</summary>
    public SegmentationCalibration? Calibration { get; }
}
