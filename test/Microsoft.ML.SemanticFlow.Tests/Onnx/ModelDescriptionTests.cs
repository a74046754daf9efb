// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Imaging;
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
    [DataRow(OnnxForm.Scoring, OnnxNormalization.Caller, OnnxNormalization.Graph, "1")]
    [DataRow(OnnxForm.Logits, OnnxNormalization.Caller, OnnxNormalization.Caller, "1")]
    [DataRow(OnnxForm.Logits, OnnxNormalization.Graph, OnnxNormalization.Graph, "2")]
    public void FromMetadata_EveryNormalisation_IsReadBackAndKeptFromReadersThatDoNotKnowIt(OnnxForm form, OnnxNormalization given, OnnxNormalization said, string format)
    {
        var metadata = (_description with { Form = form, Normalization = given }).ToMetadata();

        Assert.AreEqual(said, ModelDescription.FromMetadata(metadata, "Model 'm'").Normalization);
        Assert.AreEqual(format, metadata["semanticflow.format"]);
    }

    [TestMethod]
    [DataRow(OnnxForm.Scoring, OnnxNormalization.Graph)]
    [DataRow(OnnxForm.Logits, OnnxNormalization.Caller)]
    public void FromMetadata_WithoutNormalisation_IsThatOfTheForm(OnnxForm form, OnnxNormalization expected)
    {
        var metadata = (_description with { Form = form }).ToMetadata().Where(pair => pair.Key != "semanticflow.normalization").ToDictionary();

        Assert.AreEqual(expected, ModelDescription.FromMetadata(metadata, "Model 'm'").Normalization);
    }

    [TestMethod]
    public void FromMetadata_Scale_IsReadBackAndIsOneWhereItIsNotSaid()
    {
        var metadata = (_description with { Scale = 1.5 }).ToMetadata();

        Assert.AreEqual(1.5, ModelDescription.FromMetadata(metadata, "Model 'm'").Scale);
        Assert.AreEqual(1, ModelDescription.FromMetadata(metadata.Where(pair => pair.Key != "semanticflow.scale").ToDictionary(), "Model 'm'").Scale);
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("-1")]
    [DataRow("1e9")]
    [DataRow("NaN")]
    [DataRow("1,5")]
    public void FromMetadata_ScaleThatIsNone_IsRefused(string scale)
    {
        var metadata = _description.ToMetadata().ToDictionary();
        metadata["semanticflow.scale"] = scale;

        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ModelDescription.FromMetadata(metadata, "Model 'm'")).Message, "semanticflow.scale");
    }

    [TestMethod]
    public void FromMetadata_WithoutSmallestSide_IsThatOfTheNetworks()
    {
        var metadata = _description.ToMetadata().Where(pair => pair.Key != "semanticflow.smallest_side").ToDictionary();

        Assert.AreEqual(32, ModelDescription.FromMetadata(metadata, "Model 'm'").SmallestSide);
    }

    [TestMethod]
    public void FromMetadata_WhatPreprocessingIs_IsReadBack()
    {
        var written = _description with { ChannelOrder = ChannelOrder.Bgr, Mean = [0.1f, 0.2f, 0.3f], Std = [1, 2, 3], SmallestSide = 7 };

        var read = ModelDescription.FromMetadata(written.ToMetadata(), "Model 'm'");

        Assert.AreEqual((ChannelOrder.Bgr, 7), (read.ChannelOrder, read.SmallestSide));
        CollectionAssert.AreEqual(new[] { 0.1f, 0.2f, 0.3f, 1, 2, 3 }, read.Mean.Concat(read.Std).ToArray());
    }

    [TestMethod]
    [DataRow("precision", "int4")]
    [DataRow("channel_order", "GRB")]
    [DataRow("resampling", "bicubic")]
    [DataRow("normalization", "nobody")]
    [DataRow("normalization", "caller")]            // of the form scoring
    [DataRow("format", "3")]
    [DataRow("smallest_side", "0")]
    [DataRow("smallest_side", "many")]
    [DataRow("mean", "NaN,0,0")]
    [DataRow("mean", "0,0")]
    [DataRow("std", "1,0,1")]
    public void FromMetadata_ValueThatIsNotObeyed_IsRefusedByName(string property, string value)
    {
        var metadata = _description.ToMetadata().ToDictionary();
        metadata[$"semanticflow.{property}"] = value;

        var exception = Assert.ThrowsExactly<InvalidDataException>(() => ModelDescription.FromMetadata(metadata, "Model 'm'"));

        StringAssert.Contains(exception.Message, $"Model 'm': metadata property 'semanticflow.{property}' has the value '{value}'");
    }
}
