// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Tests.Networks;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Export;

/// <summary>Every known network gives the same scores as its exported file, in both forms, at fixed and free sizes.</summary>
[TestClass]
public sealed class OnnxParityTests
{
    // The second divides by no stride; the third has features wide enough that every pooling region differs.
    private static readonly (int Height, int Width)[] _sizes = [(128, 192), (97, 161), (256, 512)];

    public static IEnumerable<object[]> NetworksAndForms =>
        from network in SegmentationNetworks.All from form in Enum.GetValues<OnnxForm>() select new object[] { network.Id, form };

    public static IEnumerable<object[]> Ids => SegmentationNetworks.All.Select(network => new object[] { network.Id });

    internal static ModelDescription Describe(string id) => new()
    {
        Network = id,
        Form = OnnxForm.Scoring,
        Labels = LabelMaps.Cityscapes,
        TrainingHeight = 256,
        TrainingWidth = 320,
        WeightsSha256 = "",
    };

    [TestMethod]
    [DynamicData(nameof(NetworksAndForms))]
    public void Export_FreeSize_GivesTheNetworksLogitsAtEverySize(string id, OnnxForm form)
    {
        GoldenData.Require();
        using var network = GoldenNetwork.Create(id);

        var exported = OnnxExporter.Export(network, Describe(id), new OnnxExportOptions { Form = form });

        using var model = SegmentationModel.FromBytes(exported.Bytes, id);
        Assert.IsNull(model.Height);
        foreach (var (height, width) in _sizes)
            AssertSame(ExportCheck.Compare(network, model, Image(height, width)));
    }

    [TestMethod]
    [DynamicData(nameof(NetworksAndForms))]
    public void Export_FixedSize_GivesTheNetworksLogits(string id, OnnxForm form)
    {
        GoldenData.Require();
        using var network = GoldenNetwork.Create(id);

        foreach (var (height, width) in _sizes)
        {
            var exported = OnnxExporter.Export(network, Describe(id), new OnnxExportOptions { Form = form, Height = height, Width = width });

            using var model = SegmentationModel.FromBytes(exported.Bytes, id);
            Assert.AreEqual((height, width), (model.Height, model.Width));
            AssertSame(exported.Verification);
            AssertSame(ExportCheck.Compare(network, model, Image(height, width)));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Export_SmallestImages_GiveTheNetworksLogits(string id)
    {
        // Features of one cell, where the original's grid has the one position -1, and of one row.
        GoldenData.Require();
        using var network = GoldenNetwork.Create(id);

        var exported = OnnxExporter.Export(network, Describe(id), new OnnxExportOptions());

        using var model = SegmentationModel.FromBytes(exported.Bytes, id);
        foreach (var (height, width) in new[] { (32, 32), (32, 160), (96, 33) })
        {
            var fixedSize = OnnxExporter.Export(network, Describe(id), new OnnxExportOptions { Height = height, Width = width });

            AssertSame(fixedSize.Verification);
            AssertSame(ExportCheck.Compare(network, model, Image(height, width)));
        }
    }

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public void Logits_OfTheExportedFile_AreTheOriginals(string id)
    {
        GoldenData.Require();
        using var network = GoldenNetwork.Create(id);
        var exported = OnnxExporter.Export(network, Describe(id), new OnnxExportOptions { Form = OnnxForm.Logits });
        using var model = SegmentationModel.FromBytes(exported.Bytes, id);

        var (logits, _, _) = model.RunLogits(Image(128, 192));

        // Ten times what float32 costs the original itself.
        double tolerance = 10 * GoldenData.Json("arch", id, "info.json").GetProperty("results").GetProperty("128x192").GetProperty("fp32_vs_fp64_max_abs").Number();
        GoldenNetwork.AssertClose(GoldenData.Floats("arch", id, "logits_128x192.s7.f32"), GoldenData.Thin<float>(logits), tolerance, "logits");
    }

    /// <summary>The golden data's image.</summary>
    internal static PixelImage Image(int height, int width)
    {
        byte[] rgb = GoldenFormula.Images("input", 1, height, width);
        var image = new PixelImage(height, width);
        for (int i = 0; i < height * width; i++)
        {
            (image.Bgra[4 * i], image.Bgra[(4 * i) + 1], image.Bgra[(4 * i) + 2], image.Bgra[(4 * i) + 3]) =
                (rgb[(3 * i) + 2], rgb[(3 * i) + 1], rgb[3 * i], 255);
        }

        return image;
    }

    private static void AssertSame(ExportVerification figures)
    {
        // float32 summed in another order over some thousand products, through some twenty layers
        Assert.IsLessThan(1e-4 * figures.LogitRange, figures.LargestLogitDifference, figures.ToString());
        Assert.IsGreaterThan(0.999, figures.ArgMaxAgreement, figures.ToString());
        Assert.IsGreaterThan(1, figures.LogitRange, figures.ToString());      // or there was nothing to compare
    }
}
