// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Samples;

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

    // No arithmetic here but the largest of a pixel's scores: the stock transforms do the rest. The image is of another size than the file,
    // and our scorer is given it as ML.NET resizes it.
    [TestMethod]
    [DataRow(Height, Width)]
    [DataRow(100, 130)]
    public void StockTransforms_GraphThatNormalises_GiveOurScorersLabels(int height, int width)
    {
        using var folder = new TemporaryFolder();
        var export = new OnnxExportOptions { Form = OnnxForm.Logits, Normalization = OnnxNormalization.Graph, Height = Height, Width = Width };
        File.WriteAllBytes(folder["planes.onnx"], Write(export));
        ImageCodec.SavePng(GoldenNetwork.Image(height, width), folder["street.png"]);
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable([new { ImagePath = folder["street.png"] }]);

        var stock = ml.Transforms.LoadImages("file", null, "ImagePath")
            .Append(ml.Transforms.ResizeImages("resized", Width, Height, "file"))
            .Append(ml.Transforms.ExtractPixels("image", "resized"))
            .Append(ml.Transforms.ApplyOnnxModel("logits", "image", folder["planes.onnx"]));
        var scored = stock.Append(ml.Transforms.SemanticFlow(folder["planes.onnx"], inputColumnName: "resized")).Fit(data).Transform(data);

        byte[] labels = LargestOf(scored.GetColumn<float[]>("logits").Single(), GoldenNetwork.Classes);
        CollectionAssert.AreEqual(scored.GetColumn<SegmentationMask>("PredictedLabel").Single().Ids.ToArray(), labels);
        Assert.IsGreaterThan(3, labels.Distinct().Count());     // or any scorer would agree
    }

    // It runs ONNX Runtime by ML.NET's transform too: nothing may be sent by that either.
    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public void Sample_StockOnnxTransformer_AgreesInEveryPixelAndSendsNoTelemetry()
    {
        using var folder = new TemporaryFolder();
        var export = new OnnxExportOptions { Form = OnnxForm.Logits, Normalization = OnnxNormalization.Graph, Height = Height, Width = Width };
        File.WriteAllBytes(folder["planes.onnx"], Write(export));
        ImageCodec.SavePng(GoldenNetwork.Image(Height, Width), folder.Prepare("images", "street.png"));
        var sample = SampleProgram.Of("StockOnnxTransformer");

        var run = TracedProcess.Run([.. sample.Command, folder["planes.onnx"], folder["images"], folder["masks"]], home: folder.Root);

        Assert.AreEqual($"{Height * Width} of {Height * Width} pixels get the label that this library's scorer gives them.", run.Output.Split('\n')[0].Trim(), run.Error);
        Assert.IsTrue(File.Exists(folder["masks", "street.png"]));
        Assert.AreEqual("", string.Join('\n', run.InternetSockets));
        Assert.AreEqual("", string.Join('\n', run.TelemetryFiles));
    }

    // The two choices and the scoring form are one network.
    [TestMethod]
    public void Predict_EveryNormalisation_GivesTheSameLabels()
    {
        var image = GoldenNetwork.Image(Height, Width);
        using var scoring = SegmentationModel.Load(Write(new OnnxExportOptions()));
        using var caller = SegmentationModel.Load(Write(new OnnxExportOptions { Form = OnnxForm.Logits }));
        using var graph = SegmentationModel.Load(Write(new OnnxExportOptions { Form = OnnxForm.Logits, Normalization = OnnxNormalization.Graph }));

        var (expected, _, _) = caller.Scorer.RunLogits(image);
        var (actual, _, _) = graph.Scorer.RunLogits(image);

        float range = expected.Max() - expected.Min();
        GoldenNetwork.AssertClose(expected, actual, 1e-4 * range, "logits"); // float32, the scale in the first weights
        Assert.AreEqual((OnnxNormalization.Graph, OnnxNormalization.Caller, OnnxNormalization.Graph), (scoring.Normalization, caller.Normalization, graph.Normalization));
        Assert.AreEqual(1, Agreement(caller.Predict(image), graph.Predict(image)), 0.001); // pixels at the edge between two classes
        Assert.AreEqual(1, Agreement(scoring.Predict(image), graph.Predict(image)), 0.001);
    }

    private static byte[] Write(OnnxExportOptions options)
    {
        using var network = GoldenNetwork.Create("sfnet-dfv1");
        network.eval();
        return OnnxExporter.Write(network, GoldenNetwork.Describe("sfnet-dfv1"), options);
    }

    private static double Agreement(SegmentationMask one, SegmentationMask other) =>
        one.Ids.ToArray().Zip(other.Ids.ToArray()).Average(pair => pair.First == pair.Second ? 1.0 : 0);

    private static byte[] LargestOf(float[] logits, int classes)
    {
        var largest = new byte[logits.Length / classes];
        for (int pixel = 0; pixel < largest.Length; pixel++)
            largest[pixel] = (byte)Enumerable.Range(0, classes).MaxBy(id => logits[(id * largest.Length) + pixel]);
        return largest;
    }

    private sealed class Row
    {
        [VectorType(3, Height, Width)]
        public float[] image = [];
    }
}
