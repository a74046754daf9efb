// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Tests.Onnx;

[TestClass]
public sealed class ModelDescriptionTests
{
    private const string Precision = "semanticflow.precision";

    private static readonly ModelDescription _description = new()
    {
        Network = "sfnet-dfv1",
        Form = OnnxForm.Scoring,
        Labels = LabelMaps.CamVid,
        TrainingHeight = 320,
        TrainingWidth = 480,
        WeightsSha256 = "00",
    };

    [TestMethod]
    [DataRow(OnnxPrecision.Float32)]
    [DataRow(OnnxPrecision.Float16)]
    [DataRow(OnnxPrecision.Int8)]
    public void FromMetadata_EveryPrecision_IsReadBack(OnnxPrecision precision)
    {
        var read = ModelDescription.FromMetadata((_description with { Precision = precision, Height = 64, Width = 96 }).ToMetadata(), "Model 'm'");

        Assert.AreEqual(precision, read.Precision);
        Assert.AreEqual((64, 96, 320, 480), (read.Height, read.Width, read.TrainingHeight, read.TrainingWidth));
    }

    [TestMethod]
    public void FromMetadata_WithoutPrecision_IsFloat32()
    {
        var metadata = _description.ToMetadata().Where(pair => pair.Key != Precision).ToDictionary();

        Assert.AreEqual(OnnxPrecision.Float32, ModelDescription.FromMetadata(metadata, "Model 'm'").Precision);
    }

    [TestMethod]
    public void FromMetadata_UnknownPrecision_NamesIt()
    {
        var metadata = _description.ToMetadata().ToDictionary();
        metadata[Precision] = "int4";

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => ModelDescription.FromMetadata(metadata, "Model 'm'"));

        StringAssert.Contains(exception.Message, "Model 'm': metadata property 'semanticflow.precision' has the value 'int4'");
    }
}
