// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>A model that computes with bytes, and what that cost.</summary>
/// <example>
/// <code>
/// var images = ml.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(train).Transform(train);
/// var options = new QuantizationOptions { CalibrationImages = 2, HeldOutImages = 1, MinimumAgreement = 0.5 };
/// using QuantizedModel quantized = ml.SemanticSegmentation.Quantize(segmenter, images, options);
/// quantized.Model.Save("camvid-int8.onnx");
/// </code>
/// </example>
public sealed class QuantizedModel : IDisposable
{
    internal QuantizedModel(SegmentationModel model, QuantizationReport report) => (Model, Report) = (model, report);

    /// <summary>Scores images, and saves the ONNX file. It lives as long as this object.</summary>
    public SegmentationModel Model { get; }

    /// <summary>How far its masks are from those of the model it was made of.</summary>
    public QuantizationReport Report { get; }

    /// <summary>Frees the model.</summary>
    public void Dispose() => Model.Dispose();
}
