// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Trainer;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class WeightAverageTests
{
    private const string Weight = "head.conv_last.1.bias";
    private const string Statistic = "head.conv_last.0.1.running_var";
    private const string Counter = "head.conv_last.0.1.num_batches_tracked";

    [TestMethod]
    public void Add_WeightsAndStatistics_AreAveragedAndCountersCopied()
    {
        using var network = TinyNetwork.Info.Create(3);
        Set(network, 1);
        using var average = new WeightAverage(network, decay: 0.9);

        Set(network, 3);
        average.Add(step: 0);   // decay (1 + 0) / (10 + 0) = 0.1: 0.1 * 1 + 0.9 * 3 = 2.8
        Set(network, 7);
        average.Add(step: 100); // 101 / 110 is more than 0.9: 0.9 * 2.8 + 0.1 * 7 = 3.22

        Assert.AreEqual(3.22, Value(average.Weights.Weights[Weight]), 1e-6);
        Assert.AreEqual(3.22, Value(average.Weights.Weights[Statistic]), 1e-6);
        Assert.AreEqual(7, Value(average.Weights.Weights[Counter]));
    }

    [TestMethod]
    public void Lend_UntilDisposed_GivesTheNetworkTheAverage()
    {
        using var network = SegmentationNetworks.Get("sfnet-stdc1").Create(3); // holds every tensor of its backbone twice
        var own = network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());
        using var average = new WeightAverage(network, decay: 0.5);
        using (no_grad())
        {
            foreach (var parameter in network.parameters())
                parameter.add_(1);
        }

        var lent = average.Lend();
        bool lends = network.state_dict().All(pair => pair.Value.Equals(own[pair.Key]));
        lent.Dispose();

        Assert.IsTrue(lends); // none was added: the average is what it began with
        foreach (var (name, parameter) in network.named_parameters())
            Assert.IsTrue(parameter.Equals(own[name] + 1), name);
    }

    private static void Set(SegmentationNetwork network, double value)
    {
        using var _ = no_grad();
        foreach (string name in new[] { Weight, Statistic, Counter })
            network.state_dict()[name].fill_(value);
    }

    private static double Value(Tensor tensor) => tensor.reshape(-1)[0].to(ScalarType.Float64).item<double>();
}
