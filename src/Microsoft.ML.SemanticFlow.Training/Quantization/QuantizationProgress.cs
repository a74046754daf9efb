// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far a quantization is.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Done">How many images, or layers, are done.</param>
/// <param name="Total">Of how many.</param>
public sealed record QuantizationProgress(QuantizationPhase Phase, int Done, int Total);

/// <summary>The steps of a quantization, in their order.</summary>
public enum QuantizationPhase
{
    /// <summary>Measuring the feature maps of the calibration images.</summary>
    Calibrating,

    /// <summary>Labelling the held-out images with the float32 model and the first quantized one.</summary>
    Comparing,

    /// <summary>Measuring what each layer alone does to the scores; only where the agreement was too low.</summary>
    RankingLayers,

    /// <summary>Searching how many of them must stay in float32.</summary>
    Searching,
}
