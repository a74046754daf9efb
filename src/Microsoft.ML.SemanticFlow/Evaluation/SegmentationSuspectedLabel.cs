// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Display;

namespace Microsoft.ML.SemanticFlow;

/// <summary>A region of an image whose label may be wrong; as text a sentence.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Suspects = new SegmentationSuspectOptions() });
/// evaluation.Add(truth, prediction.Mask, "street.png", evidence: prediction.ToEvidence());
/// foreach (SegmentationSuspectedLabel suspected in evaluation.GetSuspectedLabels(most: 10))
///     Console.WriteLine($"{suspected.Image.Name}: look at row {suspected.Region.Row}, column {suspected.Region.Column}");
/// </code>
/// </example>
public sealed class SegmentationSuspectedLabel
{
    private readonly LabelMap _labels;

    internal SegmentationSuspectedLabel(SegmentationImageResult image, SegmentationSuspect region, LabelMap labels) => (Image, Region, _labels) = (image, region, labels);

    /// <summary>The image.</summary>
    public SegmentationImageResult Image { get; }

    /// <summary>The region.</summary>
    public SegmentationSuspect Region { get; }

    /// <summary>Such as "'a.png', row 12, column 40, 30 x 22: labelled 'road', and the model is sure of 'car' (512 pixels, confidence 0.98)."</summary>
    /// <returns>The sentence.</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"'{PrintableText.Line(Image.Name ?? "")}', row {Region.Row}, column {Region.Column}, {Region.Height} x {Region.Width}: ") +
        $"labelled {SegmentationConfusion.Quote(_labels, Region.Actual)}, and the model is sure of {SegmentationConfusion.Quote(_labels, Region.Predicted)} " +
        string.Create(CultureInfo.InvariantCulture, $"({SegmentationConfusion.Pixels(Region.PixelCount)}, confidence {Region.MeanConfidence:F2}).");
}
