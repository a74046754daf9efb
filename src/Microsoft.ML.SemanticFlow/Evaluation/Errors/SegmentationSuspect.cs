// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Evaluation.Measures;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A region whose label may be wrong: the model is sure of another class.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Suspects = new SegmentationSuspectOptions() });
/// evaluation.Add(truth, prediction.Mask, "street.png", evidence: prediction.ToEvidence());
/// foreach (SegmentationSuspect region in evaluation.Images[0].Suspects)
///     Console.WriteLine($"row {region.Row}, column {region.Column}: {region.PixelCount} pixels");
/// </code>
/// </example>
public sealed class SegmentationSuspect
{
    internal SegmentationSuspect(byte actual, byte predicted, int pixels, int row, int column, int height, int width, long confidence) =>
        (Actual, Predicted, PixelCount, Row, Column, Height, Width, ConfidenceSum) = (actual, predicted, pixels, row, column, height, width, confidence);

    /// <summary>Train id in the label.</summary>
    public int Actual { get; }

    /// <summary>Train id that the model is sure of.</summary>
    public int Predicted { get; }

    /// <summary>Pixels of the region.</summary>
    public int PixelCount { get; }

    /// <summary>The mean confidence of its pixels, in [0, 1].</summary>
    public double MeanConfidence => FixedPoint.PixelToDouble(ConfidenceSum) / PixelCount;

    /// <summary>The first row of the box around it, from the top.</summary>
    public int Row { get; }

    /// <summary>The first column of the box around it, from the left.</summary>
    public int Column { get; }

    /// <summary>Rows of the box.</summary>
    public int Height { get; }

    /// <summary>Columns of the box.</summary>
    public int Width { get; }

    internal long ConfidenceSum { get; }

    /// <summary>All that it holds, in the order of files.</summary>
    internal IEnumerable<long> Numbers => [Actual, Predicted, PixelCount, Row, Column, Height, Width, ConfidenceSum];
}
