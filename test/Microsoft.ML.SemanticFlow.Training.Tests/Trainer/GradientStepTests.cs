// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer;
using Microsoft.ML.SemanticFlow.Trainer.Options;
using Microsoft.ML.SemanticFlow.Training.Tests.Distributed;
using TorchSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

[TestClass]
[DoNotParallelize]
public sealed class GradientStepTests
{
    private const int Classes = 3;
    private const double Rate = 0.01;
    private const double Decay = 0.1;

    private static readonly CrossEntropy _loss = new();

    private static readonly CheckpointInfo _info = new()
    {
        Epoch = 1,
        Step = 2,
        MeanIoU = null,
        Seed = 1,
        Network = "sfnet-dfv1",
        Labels = LabelMap.FromClassNames("three", "a", "b", "c"),
        CropHeight = 64,
        CropWidth = 64,
        Options = new Dictionary<string, string>(),
    };

    [TestMethod]
    [DataRow(typeof(Sgd))]
    [DataRow(typeof(Adam))]
    [DataRow(typeof(AdamW))]
    public void Take_TwoSteps_AreThoseOfTheFormulas(Type optimizer)
    {
        using var scope = NewDisposeScope();
        using var network = Network(TinyNetwork.Info);
        using var step = Step(network, new SemanticFlowTrainerOptions { Optimizer = TinyRun.OptimizerOf(optimizer, optimizer == typeof(Sgd) ? 0.8 : 0.7, Decay, beta2: 0.9) });
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
            if (optimizer != typeof(AdamW))
                gradient += Decay * w[i];
            if (optimizer == typeof(Sgd))
            {
                m[i] = t == 1 ? gradient : 0.8 * m[i] + gradient;
                return w[i] - Rate * m[i];
            }

            double weight = optimizer == typeof(AdamW) ? w[i] - Rate * Decay * w[i] : w[i];
            m[i] = 0.7 * m[i] + 0.3 * gradient;
            v[i] = 0.9 * v[i] + 0.1 * gradient * gradient;
            return weight - Rate * (m[i] / (1 - Math.Pow(0.7, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.9, t))) + 1e-8);
        }
    }

    [TestMethod]
    [DataRow(typeof(Sgd))]
    [DataRow(typeof(Adam))]
    [DataRow(typeof(AdamW))]
    public void Take_ParameterWithoutGradient_IsNotDecayed(Type optimizer)
    {
        using var scope = NewDisposeScope();
        using var network = Network(SegmentationNetworks.Get("sfnet-lite-r18")); // keeps classifiers of the original that nothing uses
        using var step = Step(network, new SemanticFlowTrainerOptions { Optimizer = TinyRun.OptimizerOf(optimizer, momentum: 0.9, Decay) });
        var before = network.named_parameters().ToDictionary(named => named.name, named => named.parameter.detach().clone());

        step.Add(Batch(seed: 1), _loss);
        step.Take(Rate);

        var moved = network.named_parameters().ToLookup(named => !before[named.name].Equals(named.parameter), named => named.name);
        Assert.IsTrue(moved[false].Any());
        Assert.IsTrue(
            moved[false].All(name => name.StartsWith("head.dsn.", StringComparison.Ordinal) || name.StartsWith("head.fpn_in.2.", StringComparison.Ordinal)),
            string.Join(", ", moved[false]));
        Assert.IsTrue(moved[true].Contains("head.conv_last.1.bias"));
    }

    [TestMethod]
    public void Add_TwoBatches_GiveTheStepOfOneTwiceAsLarge()
    {
        using var scope = NewDisposeScope();
        var options = new SemanticFlowTrainerOptions { FreezeBatchNorm = true }; // each half would have statistics of its own
        var whole = Batch(seed: 1, size: 4) with { Images = randn(4, 3, 64, 64, float64) }; // in double, so that only the order of sums is left
        whole.Labels[0].fill_(255); // the halves differ in how many pixels count
        whole.Labels[1, ..40].fill_(255);
        var halves = new[] { 0, 2 }.Select(start => new Batch(whole.Images.narrow(0, start, 2), whole.Labels.narrow(0, start, 2), HasLabels: true)).ToArray();
        using var expected = Network(TinyNetwork.Info).to(float64);
        using var actual = Network(TinyNetwork.Info).to(float64);
        using var initial = Network(TinyNetwork.Info).to(float64);
        using var atOnce = Step(expected, options);
        using var inTwo = Step(actual, options with { Optimizer = options.Optimizer with { AccumulationSteps = 2 } });
        WithoutDropout(expected);
        WithoutDropout(actual);

        for (int i = 0; i < 2; i++)
        {
            atOnce.Add(whole, _loss);
            atOnce.Take(Rate);
            foreach (var half in halves)
                inTwo.Add(half, _loss);
            inTwo.Take(Rate);
        }

        var start = initial.state_dict();
        var wanted = expected.state_dict();
        foreach (var (name, weight) in actual.state_dict())
        {
            double moved = (wanted[name] - start[name]).abs().max().to(float64).item<double>();
            double apart = (wanted[name] - weight).abs().max().to(float64).item<double>();
            Assert.IsLessThanOrEqualTo(1e-9 * moved, apart, name);
        }
    }

    [TestMethod]
    public void Take_LongGradient_IsShortened()
    {
        using var scope = NewDisposeScope();
        using var network = Network(TinyNetwork.Info);
        using var step = Step(network, new SemanticFlowTrainerOptions { Optimizer = new Sgd { MaxGradientNorm = 0.05, Momentum = 0, WeightDecay = 0 } });
        var before = network.parameters().Select(parameter => parameter.detach().clone()).ToArray();

        step.Add(Batch(seed: 1), _loss);
        step.Take(rate: 1);

        double length = Math.Sqrt(network.parameters().Zip(before, (now, then) => (now - then).square().sum().to(ScalarType.Float64).item<double>()).Sum());
        Assert.AreEqual(0.05, length, 1e-5); // clipping divides by the norm + 1e-6
    }

    [TestMethod]
    public void Take_BackboneFactor_SlowsTheBackboneOnly()
    {
        using var scope = NewDisposeScope();
        using var network = Network(TinyNetwork.Info);
        using var step = Step(network, new SemanticFlowTrainerOptions { Optimizer = new Sgd { BackboneLearningRateFactor = 0.25, Momentum = 0, WeightDecay = 0 } });
        var before = network.named_parameters().ToDictionary(named => named.name, named => named.parameter.detach().clone());

        step.Add(Batch(seed: 1), _loss);
        step.Take(Rate);

        var names = network.Backbone.parameters().Select(parameter => parameter.Handle).ToHashSet();
        Assert.IsNotEmpty(names);
        foreach (var (name, parameter) in network.named_parameters().Where(named => named.parameter.grad is not null))
        {
            double rate = names.Contains(parameter.Handle) ? Rate / 4 : Rate;
            Assert.IsTrue((before[name] - rate * parameter.grad!).allclose(parameter, rtol: 1e-6, atol: 1e-8), name); // of the filter above
        }
    }

    [TestMethod]
    public void Begin_FrozenBatchNorm_KeepsTheStatisticsAndLearnsTheScale()
    {
        using var scope = NewDisposeScope();
        using var network = Network(TinyNetwork.Info);
        using var step = Step(network, new SemanticFlowTrainerOptions { FreezeBatchNorm = true });
        var before = network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().clone());

        step.Add(Batch(seed: 1), _loss);
        step.Take(Rate);

        var changed = network.state_dict().ToLookup(pair => !before[pair.Key].Equals(pair.Value), pair => pair.Key);
        Assert.IsFalse(changed[true].Any(name => name.Contains("running_", StringComparison.Ordinal) || name.EndsWith("num_batches_tracked", StringComparison.Ordinal)));
        Assert.IsTrue(changed[true].Contains("head.conv_last.0.1.weight")); // a batch norm's
    }

    [TestMethod]
    [DataRow(typeof(Sgd))]
    [DataRow(typeof(Adam))]
    [DataRow(typeof(AdamW))]
    public void Memory_SavedAndLoaded_TakesTheSameStepOn(Type optimizer)
    {
        using var scope = NewDisposeScope();
        string path = Path.GetTempFileName();
        var options = new SemanticFlowTrainerOptions { Optimizer = TinyRun.OptimizerOf(optimizer, momentum: 0.9, decay: 5e-4) };
        using var first = Network(TinyNetwork.Info);
        using var step = Step(first, options);
        using var average = new WeightAverage(first, decay: 0.5);
        Advance(step, average, count: 2);
        using var second = TinyNetwork.Info.Create(Classes);
        using var resumed = Step(second, options);
        using var resumedAverage = new WeightAverage(second, decay: 0.5);

        try
        {
            Checkpoint.Save(path, first.state_dict(), _info, new TrainingState(step.Memory, average.Weights));
            Checkpoint.Load(path, second, new TrainingState(resumed.Memory, resumedAverage.Weights));
        }
        finally
        {
            File.Delete(path);
        }

        Advance(step, average, count: 1);
        Advance(resumed, resumedAverage, count: 1);

        foreach (var (name, weight) in first.state_dict())
        {
            Assert.IsTrue(weight.Equals(second.state_dict()[name]), name);
            Assert.IsTrue(average.Weights.Weights[name].Equals(resumedAverage.Weights.Weights[name]), $"average of {name}");
        }
    }

    [TestMethod]
    public void Take_Float16_LearnsAsFloat32()
    {
        using var scope = NewDisposeScope();
        double exact = LossAfter(TrainingPrecision.Float32), reduced = LossAfter(TrainingPrecision.Float16);

        Assert.AreEqual(exact, reduced, 0.02 * exact);

        static double LossAfter(TrainingPrecision precision)
        {
            using var network = Network(TinyNetwork.Info);
            var options = new SemanticFlowTrainerOptions { Execution = new() { Precision = precision }, BatchSize = 2 };
            using var step = new GradientStep(options, TrainingPlan.For(options, seed: 1), network, SingleProcess.Instance);
            step.Begin();
            int taken = 0;
            for (int tries = 0; taken < 3; tries++) // the first ones find the loss's factor
            {
                Assert.IsLessThan(20, tries);
                step.Add(Batch(seed: 1), _loss);
                taken += step.Take(Rate) ? 1 : 0;
            }

            return step.Add(Batch(seed: 1), _loss)!.Value; // every pixel counts
        }
    }

    [TestMethod]
    public void Take_Float16GradientOutOfRange_LeavesTheWeights()
    {
        using var scope = NewDisposeScope();
        using var network = Network(TinyNetwork.Info);
        var options = new SemanticFlowTrainerOptions { Execution = new() { Precision = TrainingPrecision.Float16 }, BatchSize = 2 };
        using var step = new GradientStep(options, TrainingPlan.For(options, seed: 1), network, SingleProcess.Instance);
        step.Begin();
        step.Add(Batch(seed: 1), _loss);
        var parameter = network.parameters().First(p => p.grad is not null);
        var before = parameter.detach().clone();
        parameter.grad!.fill_(double.PositiveInfinity);

        Assert.IsFalse(step.Take(Rate));

        Assert.IsTrue(before.Equals(parameter));
        Assert.AreEqual(32768, step.Scaler!.Scale);
    }

    [TestMethod]
    public void Take_NothingAddedInAnyProcess_LeavesTheWeights()
    {
        using var scope = NewDisposeScope();
        var options = Float32(new SemanticFlowTrainerOptions());
        SegmentationNetwork[] networks = [Network(TinyNetwork.Info), Network(TinyNetwork.Info)];
        var before = Doubles(networks[0].parameters().First());

        bool[] taken = ThreadCollective.Run(2, processes =>
        {
            using var step = new GradientStep(options, TrainingPlan.For(options, seed: 1), networks[processes.Rank], processes);
            step.Begin();
            return step.Take(Rate);
        });

        CollectionAssert.AreEqual(new[] { false, false }, taken);
        CollectionAssert.AreEqual(before, Doubles(networks[1].parameters().First()));
    }

    private static void Advance(GradientStep step, WeightAverage average, int count)
    {
        for (int i = 0; i < count; i++)
        {
            step.Add(Batch(seed: i), _loss);
            step.Take(Rate);
            average.Add(step: 100);
        }
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
        options = Float32(options);
        var step = new GradientStep(options, TrainingPlan.For(options, seed: 1), network, SingleProcess.Instance);
        step.Begin();
        return step;
    }

    // It draws once a batch, from a source that all networks share.
    private static void WithoutDropout(SegmentationNetwork network)
    {
        foreach (var dropout in network.modules().OfType<TorchSharp.Modules.Dropout2d>())
            dropout.eval();
    }

    private static SemanticFlowTrainerOptions Float32(SemanticFlowTrainerOptions options) =>
        options with { Execution = options.Execution with { Precision = TrainingPrecision.Float32 }, BatchSize = 2 };

    private static Batch Batch(int seed, int size = 2)
    {
        random.manual_seed(seed);
        return new Batch(randn(size, 3, 64, 64), randint(Classes, [size, 64, 64], ScalarType.Int64), HasLabels: true);
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
