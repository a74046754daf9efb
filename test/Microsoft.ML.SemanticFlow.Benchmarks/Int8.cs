// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Quantizes models of random weights: their masks say nothing, their time all.</summary>
internal static class Int8
{
    /// <summary>The model with every layer that can be in int8, calibrated on drawn images.</summary>
    public static SegmentationModel Of(SegmentationModel model, ExecutionOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("semanticflow-int8-").FullName;
        try
        {
            for (int i = 1; i <= 3; i++)
                ImageCodec.SavePng(ExportCheck.Draw(i * 256, i * 512), Path.Combine(folder, $"{i}.png"));
            var ml = new MLContext();
            var files = ml.SemanticSegmentation.Data.Folder(folder);
            var images = ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(files).Transform(files);
            using var quantized = ml.SemanticSegmentation.Quantize(model, images, new QuantizationOptions { MinimumAgreement = 0 });
            return quantized.Model.OpenSession(options);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
