// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Networks;

[TestClass]
[DoNotParallelize]
public sealed class MemoryLayoutTests
{
    [TestMethod]
    public void ToChannelsLast_ANetwork_KeepsItsScores()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var network = SegmentationNetworks.SFNetDF1.Create(5);
        network.eval();
        var images = randn(1, 3, 64, 96);
        var expected = network.call(images);

        MemoryLayout.ToChannelsLast(network);
        var actual = network.call(MemoryLayout.ChannelsLast(images));

        Assert.IsTrue(actual.allclose(expected, rtol: 1e-4, atol: 1e-5));      // float32, other kernels
        var convolution = network.get_parameter("backbone.stage2.0.conv1.weight")!;
        CollectionAssert.AreEqual(new long[] { 576, 1, 192, 64 }, convolution.stride());      // of [64, 64, 3, 3]
    }

    [TestMethod]
    public void ToContiguous_AChannelsLastNetwork_CanBeSavedAgain()
    {
        using var network = SegmentationNetworks.SFNetDF1.Create(5);
        var before = network.parameters().Select(p => p.clone()).ToArray();
        MemoryLayout.ToChannelsLast(network);

        MemoryLayout.ToContiguous(network);

        using var stream = new MemoryStream();
        network.save(stream);
        Assert.IsTrue(network.parameters().Zip(before).All(p => p.First.Equals(p.Second)));
    }

    [TestMethod]
    public void Autocast_AForwardAndBackward_StaysNearFloat32()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        using var network = SegmentationNetworks.SFNetLiteR18.Create(5);
        network.eval();
        var images = randn(2, 3, 64, 96);
        var expected = network.call(images);

        Tensor actual;
        using (MixedPrecision.Autocast()) actual = network.Predict(images).Main;
        actual.sum().backward();

        Assert.AreEqual(ScalarType.BFloat16, actual.dtype);
        var enlarged = Microsoft.ML.SemanticFlow.Networks.Parts.Warp.Resize(actual.to(ScalarType.Float32), [64, 96]);
        double error = (enlarged - expected).abs().max().item<float>(), size = expected.abs().max().item<float>();
        Assert.IsLessThan(0.05 * size, error);      // eight bits of fraction through 25 layers
        Assert.AreEqual(ScalarType.Float32, network.get_parameter("layer0.0.0.weight")!.grad!.dtype);
    }
}
