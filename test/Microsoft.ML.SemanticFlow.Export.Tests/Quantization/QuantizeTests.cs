// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;
using TorchSharp;

namespace Microsoft.ML.SemanticFlow.Export.Tests.Quantization;

/// <summary>From a float32 model to one in bytes, for every network.</summary>
[TestClass]
[DoNotParallelize]
public sealed class QuantizeTests
{
    private const int Height = 64, Width = 96, Classes = 5, Images = 6;

    private static readonly LabelMap _labels = LabelMap.FromClassNames("drawn", "a", "b", "c", "d", "e");

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DynamicData(nameof(DistinctNetworks.Shallow), typeof(DistinctNetworks))]
    public void Quantize_EveryNetwork_GivesASmallerModelWithTheAgreementItReports(string id) => AssertSmallerModelWithTheAgreementItReports(id);

    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(DistinctNetworks.Deep), typeof(DistinctNetworks))]
    public void Quantize_DeepNetwork_GivesASmallerModelWithTheAgreementItReports(string id) => AssertSmallerModelWithTheAgreementItReports(id);

    [TestMethod]
    public void Quantize_AgreementTooLow_KeepsTheMostSensitiveLayers()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions { Height = Height, Width = Width });
        var data = Data(folder);
        using var loose = _ml.SemanticSegmentation.Quantize(model, data, new QuantizationOptions { MinimumAgreement = 0 });
        double wanted = (1 + loose.Report.Agreement) / 2;

        using var strict = _ml.SemanticSegmentation.Quantize(model, data, new QuantizationOptions { MinimumAgreement = wanted });

        Assert.IsGreaterThanOrEqualTo(wanted, strict.Report.Agreement);
        Assert.IsNotEmpty(strict.Report.SensitiveLayers);
        Assert.IsGreaterThan(0, strict.Report.QuantizedLayers);
        Assert.AreEqual(loose.Report.QuantizedLayers, strict.Report.QuantizedLayers + strict.Report.SensitiveLayers.Count);
        Assert.AreEqual(Agreement(model, strict.Model, Drawn(2), Drawn(5)), strict.Report.Agreement, 1e-12);
    }

    [TestMethod]
    [DataRow(CalibrationMethod.MinMax)]
    [DataRow(CalibrationMethod.Percentile)]
    [DataRow(CalibrationMethod.Entropy)]
    public void Quantize_EveryMethodOnTheLogitsForm_KeepsMostPixels(CalibrationMethod method)
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions { Form = OnnxForm.Logits });

        using var quantized = _ml.SemanticSegmentation.Quantize(model, Data(folder), new QuantizationOptions { Method = method, MinimumAgreement = 0 });

        Assert.IsGreaterThan(0.8, quantized.Report.Agreement);
    }

    [TestMethod]
    public void Predict_TranslucentImage_GivesTheMaskOfItsColours()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions());
        using var quantized = _ml.SemanticSegmentation.Quantize(model, Data(folder), new QuantizationOptions { MinimumAgreement = 0 });
        var image = Drawn(0);
        var translucent = new PixelImage(Height, Width, [.. image.Bgra]);
        for (int i = 3; i < translucent.Bgra.Length; i += 4)
            translucent.Bgra[i] = (byte)(i % 251);

        var mask = quantized.Model.Predict(translucent);

        Assert.IsTrue(quantized.Model.Predict(image).Ids.SequenceEqual(mask.Ids));
        Assert.AreEqual(3 % 251, translucent.Bgra[3]);      // the caller's pixels stay
    }

    // The subtraction of the mean stands before the first convolution, and is no pixel head.
    [TestMethod]
    public void Quantize_GraphThatNormalises_KeepsThePixelsThatItKeepsOtherwise()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions { Form = OnnxForm.Logits, Normalization = OnnxNormalization.Graph });

        using var quantized = _ml.SemanticSegmentation.Quantize(model, Data(folder), new QuantizationOptions { MinimumAgreement = 0 });

        Assert.AreEqual(OnnxNormalization.Graph, quantized.Model.Normalization);
        Assert.IsGreaterThan(0.8, quantized.Report.Agreement);     // as of random weights in the other forms
    }

    [TestMethod]
    public void Quantize_WithLabels_GivesTheMeanIoUOfBoth()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions());
        var data = Data(folder);
        for (int i = 0; i < Images; i++)
            model.Predict(Drawn(i)).Save(folder.Prepare("labels", $"{i}.png"), MaskIds.Train);
        var files = _ml.SemanticSegmentation.Data.Folder(folder["images"], folder["labels"]);
        var labelled = _ml.Transforms.SemanticFlow().LoadImagesAndMasks(_labels, ids: MaskIds.Train).Fit(files).Transform(files);

        using var quantized = _ml.SemanticSegmentation.Quantize(model, labelled, new QuantizationOptions { MinimumAgreement = 0 });

        Assert.AreEqual(1, quantized.Report.Float32MeanIoU!.Value, 1e-12);     // its own masks
        Assert.IsTrue(quantized.Report.QuantizedMeanIoU is > 0.3 and < 1);
    }

    [TestMethod]
    public void Quantize_LabelsOfOtherClasses_AreRefused()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions());
        Data(folder);
        for (int i = 0; i < Images; i++)
            new SegmentationMask(Height, Width, new byte[Height * Width]).Save(folder.Prepare("labels", $"{i}.png"), MaskIds.Train);
        var files = _ml.SemanticSegmentation.Data.Folder(folder["images"], folder["labels"]);
        var other = LabelMap.FromClassNames("other", "b", "a", "c", "d", "e");
        var labelled = _ml.Transforms.SemanticFlow().LoadImagesAndMasks(other, ids: MaskIds.Train).Fit(files).Transform(files);

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => _ml.SemanticSegmentation.Quantize(model, labelled));

        StringAssert.Contains(exception.Message, "and the evaluation have the same classes in another order: class 0 is 'b' in the first and 'a' in the second.");
    }

    [TestMethod]
    public void Quantize_ReportsEachPhaseToItsEnd()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions());
        var seen = new List<QuantizationProgress>();

        using var quantized = _ml.SemanticSegmentation.Quantize(model, Data(folder), new QuantizationOptions { MinimumAgreement = 0, Progress = new Recorder(seen) });

        Assert.Contains(progress => progress is { Phase: QuantizationPhase.Calibrating, Done: 4, Total: 4 }, seen);
        Assert.AreEqual((QuantizationPhase.Comparing, 2, 2), (seen[^1].Phase, seen[^1].Done, seen[^1].Total));
    }

    [TestMethod]
    public void Quantize_Cancelled_Ends()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions());

        Assert.ThrowsExactly<OperationCanceledException>(() =>
            _ml.SemanticSegmentation.Quantize(model, Data(folder), new QuantizationOptions { CancellationToken = new CancellationToken(canceled: true) }));
    }

    [TestMethod]
    public void Quantize_AQuantizedModel_AsksForTheFloat32File()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions());
        var data = Data(folder);
        using var quantized = _ml.SemanticSegmentation.Quantize(model, data, new QuantizationOptions { MinimumAgreement = 0 });

        var exception = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.Quantize(quantized.Model, data));

        StringAssert.Contains(exception.Message, "float32");
    }

    [TestMethod]
    public void Quantize_OneImage_AsksForMore()
    {
        using var folder = new TemporaryFolder();
        using var model = Model("sfnet-dfv1", new OnnxExportOptions());

        var exception = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.Quantize(model, Data(folder, count: 1)));

        StringAssert.Contains(exception.Message, "one image");
    }

    private void AssertSmallerModelWithTheAgreementItReports(string id)
    {
        using var folder = new TemporaryFolder();
        using var model = Model(id, new OnnxExportOptions());

        using var quantized = _ml.SemanticSegmentation.Quantize(model, Data(folder), new QuantizationOptions { MinimumAgreement = 0 });

        Assert.AreEqual(OnnxPrecision.Int8, quantized.Model.Precision);
        Assert.IsLessThan(0.35 * model.Bytes.Length, quantized.Model.Bytes.Length);
        Assert.IsEmpty(quantized.Report.SensitiveLayers);
        Assert.AreEqual((4, 2), (quantized.Report.CalibrationImages, quantized.Report.HeldOutImages));
        // Of six rows the third and the sixth are held back.
        Assert.AreEqual(Agreement(model, quantized.Model, Drawn(2), Drawn(5)), quantized.Report.Agreement, 1e-12);
        // Random weights, which nothing has made robust: a broken layer would leave about a fifth.
        Assert.IsGreaterThan(0.8, quantized.Report.Agreement);
        Assert.AreEqual(33, quantized.Model.Predict(ExportCheck.Draw(33, 47)).Height);
    }

    private static SegmentationModel Model(string id, OnnxExportOptions options)
    {
        torch.random.manual_seed(1);
        using var network = SegmentationNetworks.Get(id).Create(Classes);
        WeightInitialization.HeNormal(network);
        network.eval();
        var description = GoldenNetwork.Describe(id) with { Labels = _labels };
        return SegmentationModel.FromBytes(OnnxExporter.Write(network, description, options), id);
    }

    private static PixelImage Drawn(int index) => Resampling.Resize(ExportCheck.Draw(Height + (16 * index), Width + (24 * index)), Height, Width, ResamplingFilter.Bilinear);

    private IDataView Data(TemporaryFolder folder, int count = Images)
    {
        for (int i = 0; i < count; i++)
            ImageCodec.SavePng(Drawn(i), folder.Prepare("images", $"{i}.png"));
        var files = _ml.SemanticSegmentation.Data.Folder(folder["images"]);
        return _ml.Transforms.LoadImages("Image", null, "ImagePath").Fit(files).Transform(files);
    }

    private static double Agreement(SegmentationModel one, SegmentationModel other, params PixelImage[] images) => images.Average(image =>
    {
        var a = one.Predict(image).Ids;
        var b = other.Predict(image).Ids;
        int same = 0;
        for (int i = 0; i < a.Length; i++)
            same += a[i] == b[i] ? 1 : 0;
        return (double)same / a.Length;
    });

    private sealed class Recorder(List<QuantizationProgress> seen) : IProgress<QuantizationProgress>
    {
        public void Report(QuantizationProgress value) => seen.Add(value);
    }
}
