// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;

namespace Microsoft.ML.SemanticFlow;

/// <summary>What a quantization cost, measured on images that it had not seen.</summary>
/// <example>
/// <code>
/// var images = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(train).Transform(train);
/// var options = new QuantizationOptions { CalibrationImages = 2, HeldOutImages = 1, MinimumAgreement = 0.5 };
/// using var quantized = ml.SemanticSegmentation.Quantize(segmenter, images, options);
/// QuantizationReport report = quantized.Report;
/// Console.WriteLine(report);
/// </code>
/// </example>
public sealed class QuantizationReport
{
    internal QuantizationReport()
    {
    }

    /// <summary>The share of the held-out pixels that get the class the float32 model gives them, in [0, 1].</summary>
    public double Agreement { get; internal init; }

    /// <summary>mIoU of the float32 model on the held-out images, in [0, 1]; null when they have no labels.</summary>
    public double? Float32MeanIoU { get; internal init; }

    /// <summary>mIoU of the quantized model on the held-out images, in [0, 1]; null when they have no labels.</summary>
    public double? QuantizedMeanIoU { get; internal init; }

    /// <summary>Convolutions that run on bytes.</summary>
    public int QuantizedLayers { get; internal init; }

    /// <summary>Convolutions that could and stay in float32 for the agreement's sake, by their names in the file, the most sensitive first.</summary>
    public IReadOnlyList<string> SensitiveLayers { get; internal init; } = [];

    /// <summary>How many images the feature maps were measured on.</summary>
    public int CalibrationImages { get; internal init; }

    /// <summary>How many images the models were compared on.</summary>
    public int HeldOutImages { get; internal init; }

    /// <summary>The figures in a sentence.</summary>
    public override string ToString()
    {
        string labels = Float32MeanIoU is { } before && QuantizedMeanIoU is { } after
            ? string.Create(CultureInfo.InvariantCulture, $"; mIoU {before:f4} in float32, {after:f4} in int8")
            : "";
        string sensitive = SensitiveLayers.Count == 0 ? "" : $", {SensitiveLayers.Count} sensitive ones in float32";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{QuantizedLayers} convolutions in int8{sensitive}; calibrated on {CalibrationImages} images; " +
            $"{Agreement:p2} of the pixels of {HeldOutImages} others get the same class{labels}");
    }
}
