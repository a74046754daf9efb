// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using Microsoft.ML.SemanticFlow.Training.Testing;
using TorchSharp;

namespace Microsoft.ML.SemanticFlow.Export.Tests;

/// <summary>float16 files of every network, in ONNX Runtime's float16 kernels where a processor has them and between casts elsewhere.</summary>
[TestClass]
[DoNotParallelize]
public sealed class Float16Tests
{
    private readonly MLContext _ml = new(seed: 1);

    // With the weights of the formulas, features of the one left out leave the range of float16, and the conversion is refused.
    public static IEnumerable<object[]> Deep => DistinctNetworks.Deep.Where(id => id is not ["sfnet-lite-r101-torchvision"]);

    [TestMethod]
    [DynamicData(nameof(DistinctNetworks.Shallow), typeof(DistinctNetworks))]
    public void ConvertToFloat16_EveryNetwork_IsHalfAsLargeAndNearlyTheSame(string id) => AssertNear(id, new OnnxExportOptions { Height = 64, Width = 96 });

    [TestMethod]
    [TestCategory("Nightly")]
    [DynamicData(nameof(Deep))]
    public void ConvertToFloat16_DeepNetwork_IsHalfAsLargeAndNearlyTheSame(string id) => AssertNear(id, new OnnxExportOptions { Height = 64, Width = 96 });

    [TestMethod]
    [DataRow("sfnet-dfv1", OnnxForm.Scoring)]
    [DataRow("sfnet-dfv1", OnnxForm.Logits)]
    [DataRow("sfnet-lite-stdc1", OnnxForm.Scoring)]
    [DataRow("srnet-r50", OnnxForm.Scoring)]
    public void ConvertToFloat16_AnySize_IsHalfAsLargeAndNearlyTheSame(string id, OnnxForm form) => AssertNear(id, new OnnxExportOptions { Form = form });

    [TestMethod]
    public void ConvertToFloat16_SamplingPositions_StayFloat32()
    {
        using var model = Model("sfnet-dfv1", scale: 1, new OnnxExportOptions());

        using var half = _ml.SemanticSegmentation.ConvertToFloat16(model);

        var nodes = ModelProto.Parser.ParseFrom(half.Model.Bytes).Graph.Node;
        var producers = nodes.SelectMany(node => node.Output.Select(name => (name, node))).ToDictionary(pair => pair.name, pair => pair.node);
        var samplers = nodes.Where(node => node.OpType == "GridSample").ToArray();
        Assert.IsNotEmpty(samplers);
        foreach (var sampler in samplers)
            Assert.IsFalse(Ancestors(sampler.Input[1]).Any(node => node.Output[0].EndsWith("_float16", StringComparison.Ordinal)));

        // Back to the convolution of the flow, which is cast to float32.
        IEnumerable<NodeProto> Ancestors(string name) => producers.TryGetValue(name, out var node) && node.OpType != "Conv"
            ? node.Input.SelectMany(Ancestors).Prepend(node)
            : [];
    }

    [TestMethod]
    public void ConvertToFloat16_ValuesTooLarge_SaysSo()
    {
        using var model = Model("sfnet-dfv1", scale: 1e6f, new OnnxExportOptions());

        var exception = Assert.ThrowsExactly<SegmentationCheckException>(() => _ml.SemanticSegmentation.ConvertToFloat16(model));

        StringAssert.Contains(exception.Message, "float16 cannot hold");
    }

    [TestMethod]
    public void ConvertToFloat16_Twice_AsksForTheFloat32File()
    {
        using var model = Model("sfnet-dfv1", scale: 1, new OnnxExportOptions());
        using var half = _ml.SemanticSegmentation.ConvertToFloat16(model);

        var exception = Assert.ThrowsExactly<ArgumentException>(() => _ml.SemanticSegmentation.ConvertToFloat16(half.Model));

        StringAssert.Contains(exception.Message, "float32");
    }

    private void AssertNear(string id, OnnxExportOptions options)
    {
        using var model = Model(id, scale: 1, options);

        using var half = _ml.SemanticSegmentation.ConvertToFloat16(model);

        Assert.AreEqual((OnnxPrecision.Float16, options.Form), (half.Model.Precision, half.Model.Form));
        Assert.IsLessThan(0.55 * model.Bytes.Length, half.Model.Bytes.Length);
        // Eleven bits a value, some fifty layers; flows move what lies at edges.
        Assert.IsLessThan(0.05 * half.Verification.LogitRange, half.Verification.LargestLogitDifference);
        Assert.IsGreaterThan(0.97, half.Verification.ArgMaxAgreement);
    }

    // The scale multiplies the first weights.
    private static SegmentationModel Model(string id, float scale, OnnxExportOptions options)
    {
        torch.random.manual_seed(1);
        using var network = SegmentationNetworks.Get(id).Create(GoldenNetwork.Classes);
        WeightInitialization.HeNormal(network);
        network.eval();
        using (torch.no_grad())
            network.parameters().First().mul_(scale);
        return SegmentationModel.FromBytes(OnnxExporter.Write(network, GoldenNetwork.Describe(id), options), id);
    }
}
