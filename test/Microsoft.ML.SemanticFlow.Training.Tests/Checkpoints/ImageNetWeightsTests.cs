// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx.Schema;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Checkpoints;

/// <summary>ML.NET's ResNet-18, from its package into a backbone, against the file itself under ONNX Runtime.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ImageNetWeightsTests
{
    // The last value of each stage in the file, at strides 4, 8, 16, 32.
    private static readonly string[] _levels = ["ReLU283_Output_0", "ReLU315_Output_0", "ReLU347_Output_0", "ReLU393_Output_0"];

    [TestMethod]
    [DataRow(224, 224)]
    [DataRow(96, 160)]
    public void LoadBackbone_TheFeaturizersFile_GivesItsFeatures(int height, int width)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var info = SegmentationNetworks.SFNetLiteR18MlNet;
        using var network = info.Create(2);
        var report = WeightLoader.LoadBackbone(ImageNetWeights.Find("imagenet", info), network, info);
        network.eval();
        var images = GoldenNetwork.Images("input", 1, height, width);

        var features = network.Backbone.call(images);

        Assert.HasCount(110, report.Loaded);
        Assert.IsEmpty(report.Unexpected);
        foreach (var (expected, actual) in FeaturesOfTheFile(ImageNetWeights.Find("imagenet", info), images).Zip(features))
        {
            float[] values = actual.contiguous().data<float>().ToArray();
            GoldenNetwork.AssertClose(expected, values, 1e-4 * expected.Max(), $"level of {actual.shape[1]} channels");
        }
    }

    [TestMethod]
    public void Find_NetworkWithoutAPackage_NamesThoseThatHaveOne()
    {
        var thrown = Assert.ThrowsExactly<NotSupportedException>(() => ImageNetWeights.Find("imagenet", SegmentationNetworks.SFNetDF1));

        StringAssert.Contains(thrown.Message, "sfnet-dfv1. Take sfnet-lite-r18-mlnet or sfnet-r18-mlnet");
    }

    [TestMethod]
    public void Find_APath_IsThatPath() => Assert.AreEqual("w.pth", ImageNetWeights.Find("w.pth", SegmentationNetworks.SFNetDF1));

    [TestMethod]
    public void Open_OnnxWithNamesOfAStateDict_GivesTheTensors()
    {
        using var folder = new TemporaryFolder();
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto() };
        model.Graph.Initializer.Add(Values("conv1.weight", [2, 3], [1, 2, 3, 4, 5, 6]));
        File.WriteAllBytes(folder["w.onnx"], model.ToByteArray());

        using var file = TensorFormats.Open(folder["w.onnx"]);
        using var tensor = file.Read("conv1.weight");

        CollectionAssert.AreEqual(new long[] { 2, 3 }, tensor.shape);
        CollectionAssert.AreEqual(new float[] { 1, 2, 3, 4, 5, 6 }, tensor.data<float>().ToArray());
    }

    // A file that claims more than it holds: nothing is made of the claim.
    [TestMethod]
    [DataRow(new long[] { 1L << 40, 1L << 40, 1L << 40 })]
    [DataRow(new long[] { -1, -6 })]
    [DataRow(new long[] { 7 })]
    public void Open_OnnxWithATensorOfAnotherSize_IsRefused(long[] shape)
    {
        using var folder = new TemporaryFolder();
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto() };
        model.Graph.Initializer.Add(Values("conv1.weight", shape, [1, 2, 3, 4, 5, 6]));
        File.WriteAllBytes(folder["w.onnx"], model.ToByteArray());

        var thrown = Assert.ThrowsExactly<InvalidDataException>(() => TensorFormats.Open(folder["w.onnx"]));

        StringAssert.Contains(thrown.Message, "'conv1.weight'");
    }

    [TestMethod]
    public void Open_OnnxCutShort_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto() };
        model.Graph.Initializer.Add(Values("conv1.weight", [2, 3], [1, 2, 3, 4, 5, 6]));
        byte[] whole = model.ToByteArray();

        for (int length = 3; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder["w.onnx"], whole[..length]);
            Assert.ThrowsExactly<InvalidDataException>(() => TensorFormats.Open(folder["w.onnx"]), $"{length} bytes");
        }
    }

    private static TensorProto Values(string name, long[] shape, float[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
        tensor.Dims.Add(shape);
        tensor.FloatData.Add(values);
        return tensor;
    }

    // The file's pixels are blue, green, red from 0 to 255, less the mean; its sizes are written down as 224 and are left open here.
    private static IEnumerable<float[]> FeaturesOfTheFile(string path, Tensor images)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        var initializers = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet();
        var image = model.Graph.Input.Single(input => !initializers.Contains(input.Name));
        var pooling = model.Graph.Node.Single(node => node.OpType == "AveragePool");
        model.Graph.Node.Remove(pooling);
        model.Graph.Output.Clear();
        model.Graph.Output.Add(_levels.Select(level => new ValueInfoProto { Name = level, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } } }));
        foreach (var (index, side) in image.Type.TensorType.Shape.Dim.Skip(2).Index())
            side.DimParam = $"side{index}";

        using var scope = NewDisposeScope();
        var pixels = images.mul(tensor(PixelNormalization.ImageNetStd.Select(std => 255 * std).ToArray()).reshape(1, 3, 1, 1)).flip(1).contiguous();
        using var quiet = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR }; // it warns of the sizes that the file says
        using var session = new InferenceSession(model.ToByteArray(), quiet);
        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor(image.Name, new DenseTensor<float>(pixels.data<float>().ToArray(), [.. pixels.shape.Select(side => (int)side)]))], _levels);
        return [.. results.Select(result => result.AsTensor<float>().ToArray())];
    }
}
