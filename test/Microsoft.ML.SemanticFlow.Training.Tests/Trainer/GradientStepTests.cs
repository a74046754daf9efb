// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class GradientStepTests
{
    private const int Classes = 3;
    private const double Rate = 0.01;
    private const double Decay = 0.1;

    private static readonly CrossEntropyLoss _loss = new();

    [TestMethod]
    [DataRow(OptimizerKind.Sgd)]
    [DataRow(OptimizerKind.Adam)]
    [DataRow(OptimizerKind.AdamW)]
    public void Take_TwoSteps_AreThoseOfTheFormulas(OptimizerKind optimizer)
    {
        using var scope = NewDisposeScope();
        using var network = Network(SegmentationNetworks.SFNetDF1);
        using var step = Step(network, new SemanticFlowTrainerOptions { Optimizer = optimizer, WeightDecay = Decay, Momentum = 0.8, AdamBeta1 = 0.7, AdamBeta2 = 0.9 });
        var bias = network.named_parameters().Single(named => named.name == "head.conv_last.1.bias").parameter;
        double[] w = Doubles(bias), m = new double[Classes], v = new double[Classes];

        for (int t = 1; t <= 2; t++)
        {
            step.Add(Batch(seed: t), _loss);
            double[] g = Doubles(bias.grad!); // after backward
            step.Take(Rate);
            for (int i = 0; i < Classes; i++)
                w[i] = Move(i, g[i], t);
        }

        CollectionAssert.That.AreClose(w, Doubles(bias), 1e-6); // float32 of numbers near 0.1

        double Move(int i, double gradient, int t)
        {
            if (optimizer != OptimizerKind.AdamW)
                gradient += Decay * w[i];
            if (optimizer == OptimizerKind.Sgd)
            {
                m[i] = t == 1 ? gradient : 0.8 * m[i] + gradient;
                return w[i] - Rate * m[i];
            }

            double weight = optimizer == OptimizerKind.AdamW ? w[i] - Rate * Decay * w[i] : w[i];
            m[i] = 0.7 * m[i] + 0.3 * gradient;
            v[i] = 0.9 * v[i] + 0.1 * gradient * gradient;
            return weight - Rate * (m[i] / (1 - Math.Pow(0.7, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.9, t))) + 1e-8);
        }
    }

    [TestMethod]
    [DataRow(OptimizerKind.Sgd)]
    [DataRow(OptimizerKind.Adam)]
    [DataRow(OptimizerKind.AdamW)]
    public void Take_ParameterWithoutGradient_IsNotDecayed(OptimizerKind optimizer)
    {
        using var scope = NewDisposeScope();
        using var network = Network(SegmentationNetworks.Get("sfnet-lite-r18")); // keeps classifiers of the original that nothing uses
        using var step = Step(network, new SemanticFlowTrainerOptions { Optimizer = optimizer, WeightDecay = Decay });
        var before = network.named_parameters().ToDictionary(named => named.name, named => named.parameter.detach().clone());

        step.Add(Batch(seed: 1), _loss);
        step.Take(Rate);

        var moved = network.named_parameters().ToLookup(named => !before[named.name].Equals(named.parameter), named => named.name);
        Assert.IsTrue(moved[false].Any());
        Assert.IsTrue(moved[false].All(name => name.StartsWith("head.dsn.", StringComparison.Ordinal) || name.StartsWith("head.fpn_in.2.", StringComparison.Ordinal)), string.Join(", ", moved[false]));
        Assert.IsTrue(moved[true].Contains("head.conv_last.1.bias"));
    }

    private static SegmentationNetwork Network(SegmentationNetworkInfo info)
    {
        random.manual_seed(3);
        var network = info.Create(Classes);
        WeightInitialization.HeNormal(network);
        return network;
    }

    private static GradientStep Step(SegmentationNetwork network, SemanticFlowTrainerOptions options)
    {
        options = options with { Precision = TrainingPrecision.Float32, BatchSize = 2 };
        var step = new GradientStep(options, TrainingPlan.For(options, seed: 1), network);
        step.Begin();
        return step;
    }

    private static Batch Batch(int seed)
    {
        random.manual_seed(seed);
        return new Batch(randn(2, 3, 64, 64), randint(Classes, [2, 64, 64], ScalarType.Int64), HasLabels: true);
    }

    private static double[] Doubles(Tensor tensor) => tensor.detach().to(ScalarType.Float64).data<double>().ToArray();
}

internal static class CloseExtensions
{
    public static void AreClose(this CollectionAssert _, double[] expected, double[] actual, double tolerance)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], tolerance, $"at {i}");
    }
}
