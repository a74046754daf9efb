// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

/// <summary>libtorch's convolutions on this machine are right.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ConvolutionTests
{
    [TestMethod]
    public void Convolutions_OfAnyShape_GiveWhatFloat64Gives() => AssertRight(seed: 2026, count: 150, work: 50_000_000);

    // So many shapes overflow oneDNN's cache of kernels. Freeing them has ended the process, now and then, in oneDNN's own code; networks stay far below.
    [TestMethod]
    [TestCategory("Nightly")]
    public void Convolutions_OfAnyShapeAndMany_GiveWhatFloat64Gives() => AssertRight(seed: 2027, count: 3000, work: 300_000_000);

    public static IEnumerable<object[]> KnownFaults =>
    [
        [new ConvolutionShape(1, 1536, 32, 1, 32, 1, 1, 1, true, false, ScalarType.Float32)],       // pytorch#177227
        [new ConvolutionShape(1, 1536, 32, 1, 32, 1, 1, 1, true, true, ScalarType.BFloat16)],
        [new ConvolutionShape(2, 128, 512, 30, 40, 1, 1, 1, false, true, ScalarType.Float32)],      // a bottleneck's last
        [new ConvolutionShape(2, 128, 4, 24, 40, 3, 1, 1, false, false, ScalarType.Float32)],       // two flows
        [new ConvolutionShape(2, 4, 1, 24, 40, 3, 1, 1, false, true, ScalarType.Float32)],          // a gate
        [new ConvolutionShape(2, 2, 1, 24, 40, 3, 1, 1, false, false, ScalarType.Float32)],
        [new ConvolutionShape(2, 64, 11, 24, 40, 1, 1, 1, true, false, ScalarType.Float32)],        // class scores
    ];

    [TestMethod]
    [DynamicData(nameof(KnownFaults))]
    public void Convolution_OnceSeenWrong_GivesWhatFloat64Gives(object shape) => Assert.IsNull(((ConvolutionShape)shape).Fault());

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Backward_OfResNet50_GivesGradientsNearFloat64(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        using var network = SegmentationNetworks.SFNetR50.Create(5);
        network.eval();     // statistics of two images would make much of rounding
        var images = randn(2, 3, 64, 64);
        var weights = network.parameters().ToArray();

        if (channelsLast)
            MemoryLayout.ToChannelsLast(network);
        Tensor[] gradients = Gradients(images);
        network.to(ScalarType.Float64);
        Tensor[] exact = Gradients(images.to(ScalarType.Float64));

        double difference = Math.Sqrt(gradients.Zip(exact, (g, e) => (g.to(ScalarType.Float64) - e).pow(2).sum().ToDouble()).Sum());
        double size = Math.Sqrt(exact.Sum(e => e.pow(2).sum().ToDouble()));
        Assert.IsLessThan(0.02 * size, difference); // rectifiers open or shut by rounding alone

        Tensor[] Gradients(Tensor x)
        {
            network.zero_grad();
            network.call(x).pow(2).mean().backward();
            return [.. network.parameters().Where(p => p.grad is not null).Select(p => p.grad!.clone())];
        }
    }

    public static IEnumerable<object[]> Networks => SegmentationNetworks.All.Select(n => new object[] { n.Id });

    [TestMethod]
    [DynamicData(nameof(Networks))]
    public void Convolutions_OfANetwork_AreOfNoKindThatOneDnnGetsWrong(string id)
    {
        using var network = SegmentationNetworks.Get(id).Create(5);

        foreach (var convolution in network.modules().OfType<Conv2d>())
        {
            var shape = new ConvolutionShape(
                1, (int)convolution.in_channels, 1, 1, 1, (int)convolution.kernel_size[0], 1, (int)convolution.dilation[0], false, true, ScalarType.BFloat16);
            Assert.IsFalse(shape.IsKnownFault, $"{shape}");
        }
    }

    private static void AssertRight(int seed, int count, long work)
    {
        var random = new Random(seed);

        string[] faults = [.. Enumerable.Range(0, count).Select(_ => ConvolutionShape.Draw(random, work)).Where(s => !s.IsKnownFault).Select(s => s.Fault()).OfType<string>()];

        Assert.IsEmpty(faults, string.Join('\n', faults));
    }
}
