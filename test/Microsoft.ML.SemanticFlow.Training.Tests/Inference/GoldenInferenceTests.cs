// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Inference;

/// <summary>Scores over scales, mirrored copies and tiles against those of the original's evaluation.</summary>
[TestClass]
public sealed class GoldenInferenceTests
{
    private const int Height = 160, Width = 224;

    private static readonly SlidingWindow _tiles = new() { Height = 96, Width = 96 };
    private static readonly Dictionary<OnnxForm, SegmentationModel> _models = [];

    [ClassInitialize]
    public static void Export(TestContext _)
    {
        using var network = GoldenNetwork.Create("sfnet-dfv1");
        network.eval();
        foreach (var form in Enum.GetValues<OnnxForm>())
            _models[form] = SegmentationModel.FromBytes(OnnxExporter.Write(network, GoldenNetwork.Describe("sfnet-dfv1"), new OnnxExportOptions { Form = form }), "sfnet-dfv1");
    }

    [ClassCleanup]
    public static void Close()
    {
        foreach (var model in _models.Values)
            model.Dispose();
    }

    [TestMethod]
    public void RunScores_WholeImage_EqualsTheOriginal()
    {
        var model = _models[OnnxForm.Scoring];

        AssertCase(model, "whole_scale1_noflip", new InferenceOptions());
        AssertCase(model, "whole_ms_flip", new InferenceOptions { Scales = [0.5, 1, 2], Flip = true });
        foreach (string scale in (string[])["0.5", "1.0", "2.0"])
        {
            var (plain, mirrored) = Parts(model, double.Parse(scale, CultureInfo.InvariantCulture));

            AssertCase($"whole_part_scale{scale}_flip0", plain);
            AssertCase($"whole_part_scale{scale}_flip1", mirrored);
        }
    }

    [TestMethod]
    public void RunScores_Tiles_EqualsTheOriginalDividedByTheTrueCoverage()
    {
        var model = _models[OnnxForm.Scoring];

        AssertCase(model, "sliding_scale1_noflip_fixed", new InferenceOptions { SlidingWindow = _tiles });
        AssertCase(model, "sliding_part_scale0.5_fixed", new InferenceOptions { Scales = [0.5], Flip = true, SlidingWindow = _tiles });
        AssertCase(model, "sliding_part_scale1.0_fixed", new InferenceOptions { Flip = true, SlidingWindow = _tiles });
        AssertCase(model, "sliding_part_scale2.0_fixed", new InferenceOptions { Scales = [2], Flip = true, SlidingWindow = _tiles });
        AssertCase(model, "sliding_ms_flip_fixed", new InferenceOptions { Scales = [0.5, 1, 2], Flip = true, SlidingWindow = _tiles });
    }

    [TestMethod]
    public void RunScores_FileOfFormLogits_EqualsTheOriginal()
    {
        var model = _models[OnnxForm.Logits];

        AssertCase(model, "whole_ms_flip", new InferenceOptions { Scales = [0.5, 1, 2], Flip = true });
        AssertCase(model, "sliding_ms_flip_fixed", new InferenceOptions { Scales = [0.5, 1, 2], Flip = true, SlidingWindow = _tiles });
    }

    [TestMethod]
    public void Predict_ScalesMirroredInTiles_LabelsByTheMeanScores()
    {
        var model = _models[OnnxForm.Scoring];
        var options = new InferenceOptions { Scales = [0.5, 1, 2], Flip = true, SlidingWindow = _tiles };

        var mask = model.Predict(Image(), source: null, options);

        AssertLabels(GoldenData.Bytes("inference", "sliding_ms_flip_fixed_argmax.u8"), mask.Ids, model.Scorer.RunScores(Image(), options), "sliding_ms_flip_fixed");
    }

    private static PixelImage Image() => new(Height, Width, PixelAssert.ToBgra(GoldenData.Bytes("inference", "image_160x224x3.u8")));

    // The mirrored pass alone is twice the mean of both less the plain one.
    private static (float[] Plain, float[] Mirrored) Parts(SegmentationModel model, double scale)
    {
        float[] plain = model.Scorer.RunScores(Image(), new InferenceOptions { Scales = [scale] });
        float[] both = model.Scorer.RunScores(Image(), new InferenceOptions { Scales = [scale], Flip = true });
        return (plain, [.. both.Zip(plain, (mean, first) => (2 * mean) - first)]);
    }

    private static void AssertCase(SegmentationModel model, string name, InferenceOptions options) => AssertCase(name, model.Scorer.RunScores(Image(), options));

    private static void AssertCase(string name, float[] scores)
    {
        GoldenNetwork.AssertClose(GoldenData.Floats("inference", $"{name}.s7.f32"), GoldenData.Thin<float>(scores), Tolerance, name);

        var ids = new byte[Height * Width];
        FusedArgMax.Compute(scores, GoldenNetwork.Classes, Height, Width, ids, Height, Width);
        AssertLabels(GoldenData.Bytes("inference", $"{name}_argmax.u8"), ids, scores, name);
    }

    // Ten times what float32 costs the original itself, as for the network alone.
    private static double Tolerance =>
        10 * GoldenData.Json("arch", "sfnet-dfv1", "info.json").GetProperty("results").GetProperty("128x192").GetProperty("fp32_vs_fp64_max_abs").GetDouble();

    // Another class may win only where the two scores are closer than twice what each may be off by.
    private static void AssertLabels(byte[] expected, ReadOnlySpan<byte> actual, float[] scores, string name)
    {
        Assert.AreEqual(expected.Length, actual.Length, name);
        for (int i = 0; i < expected.Length; i++)
        {
            float margin = scores[(actual[i] * actual.Length) + i] - scores[(expected[i] * actual.Length) + i];
            Assert.IsTrue(
                expected[i] == actual[i] || margin <= 2 * Tolerance, $"{name}: row {i / Width}, column {i % Width} is {actual[i]}, expected {expected[i]}, margin {margin}");
        }
    }
}
