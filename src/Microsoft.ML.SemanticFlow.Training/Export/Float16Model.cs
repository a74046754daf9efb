// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow;

/// <summary>A model that computes with float16, and how far its scores are from those in float32.</summary>
/// <example>
/// <code>
/// using Float16Model half = ml.SemanticSegmentation.ConvertToFloat16(segmenter);      // half the size, for GPUs
/// half.Model.Save("camvid-fp16.onnx");
/// </code>
/// </example>
public sealed class Float16Model : IDisposable
{
    internal Float16Model(SegmentationModel model, ExportVerification verification) => (Model, Verification) = (model, verification);

    /// <summary>Scores images, and saves the ONNX file. It lives as long as this object.</summary>
    public SegmentationModel Model { get; }

    /// <summary>Its scores against those of the float32 model, on images drawn for it.</summary>
    public ExportVerification Verification { get; }

    /// <summary>Frees the model.</summary>
    public void Dispose() => Model.Dispose();
}
