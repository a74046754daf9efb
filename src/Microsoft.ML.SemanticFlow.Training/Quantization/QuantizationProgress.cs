// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>How far a quantization is.</summary>
/// <example>
/// <code>
/// var options = new QuantizationOptions { Progress = new Progress&lt;QuantizationProgress>(progress => Console.Error.WriteLine(progress)) };
/// </code>
/// </example>
public sealed class QuantizationProgress
{
    internal QuantizationProgress(QuantizationPhase phase, int done, int total) =>
        (Phase, Done, Total) = (phase, done, total);

    /// <summary>What is being done.</summary>
    public QuantizationPhase Phase { get; }

    /// <summary>How many images, or layers, are done.</summary>
    public int Done { get; }

    /// <summary>Of how many.</summary>
    public int Total { get; }
}

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
