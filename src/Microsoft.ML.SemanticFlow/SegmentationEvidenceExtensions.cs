// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>From predictions to evaluations.</summary>
/// <example>
/// <code>
/// var evaluation = new SegmentationEvaluation(LabelMaps.CamVid, new SegmentationEvaluationOptions { Suspects = new SegmentationSuspectOptions() });
/// evaluation.Add(truth, prediction.Mask, "street.png", evidence: prediction.ToEvidence());
/// </code>
/// </example>
public static class SegmentationEvidenceExtensions
{
    /// <summary>The probabilities of a prediction, for <see cref="SegmentationEvaluation.Add(SegmentationMask, SegmentationMask, string?, string?, SegmentationEvidence?)"/>;
    /// nothing is copied.</summary>
    /// <param name="prediction">A prediction for which <see cref="PredictionDetails.Probabilities"/> or <see cref="PredictionDetails.Confidence"/> was asked.</param>
    /// <returns>What it has of the two.</returns>
    public static SegmentationEvidence ToEvidence(this SegmentationPrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return new SegmentationEvidence { Probabilities = prediction.ProbabilityMemory, Confidence = prediction.ConfidenceMemory };
    }
}
