// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Networks;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Export;

/// <summary>The form for other runtimes runs under ML.NET's own ONNX transform and gives our scorer's labels.</summary>
[TestClass]
[DoNotParallelize]
public sealed class StockScorerTests
{
    private const int Height = 64, Width = 96;

    [TestMethod]
    public void ApplyOnnxModel_LogitsForm_GivesOurScorersLabels()
    {
        GoldenData.Require();
        using var folder = new TemporaryFolder();
        using var network = GoldenNetwork.Create("sfnet-dfv1");
        var exported = OnnxExporter.Export(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions { Form = OnnxForm.Logits, Height = Height, Width = Width });
        File.WriteAllBytes(folder["logits.onnx"], exported.Bytes);
        var image = GoldenNetwork.Image(Height, Width);
        using var model = SegmentationModel.Load(folder["logits.onnx"]);
        var expected = model.Predict(image);

        // ExtractPixels has one scale and offset for all channels and our mean and deviation are by channel: the row holds them normalised.
        var ml = new MLContext(seed: 1);
        var planes = new float[3 * Height * Width];
        new PixelNormalization(model.Description.Mean, model.Description.Std).ToPlanes(image.Bgra, planes);
        var data = ml.Data.LoadFromEnumerable([new Row { image = planes }]);
        var scored = ml.Transforms.ApplyOnnxModel("logits", "image", folder["logits.onnx"]).Fit(data).Transform(data);
        float[] logits = [.. scored.GetColumn<float[]>("logits").Single()];

        var actual = new byte[Height * Width];
        FusedArgMax.Compute(logits, GoldenNetwork.Classes, Height, Width, actual, Height, Width);
        Assert.IsTrue(expected.Ids.SequenceEqual(actual));
        Assert.IsGreaterThan(3, expected.Ids.ToArray().Distinct().Count());     // or any scorer would agree
    }

    private sealed class Row
    {
        [VectorType(3, Height, Width)]
        public float[] image = [];
    }
}
