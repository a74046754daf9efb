// Licensed under the MIT License.
// See LICENSE in the project root for license information.

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

/// <summary>Several processes with a part of each batch take the steps of one with the whole.</summary>
[TestClass]
[DoNotParallelize]
public sealed class DataParallelTests
{
    private const int Classes = 3, Images = 4, Steps = 5;
    private const double Rate = 0.05;

    private static readonly float[] _weights = [1, 2, 0.5f];

    private static readonly Dictionary<string, Func<Collective, PixelCriterion>> _losses = new()
    {
        ["cross entropy"] = processes => new CrossEntropy(null, processes),
        ["weighted cross entropy"] = processes => new CrossEntropy(_weights, processes),
        ["OHEM by threshold"] = processes => new OhemCrossEntropy(0.6, minKept: 10, _weights, processes),
        ["OHEM by count"] = processes => new OhemCrossEntropy(0.05, minKept: 5000, classWeights: null, processes),
        ["focal"] = processes => new FocalCrossEntropy(2, _weights, processes),
        ["Dice"] = processes => new SoftDice(processes),
        ["weights of images"] = processes => new ImageWeightedCrossEntropy(1, overBatch: false, processes),
        ["weights of the batch"] = processes => new ImageWeightedCrossEntropy(1, overBatch: true, processes),
        ["relaxed at boundaries"] = processes => new BoundaryRelaxedCrossEntropy { OverBatch = true, Processes = processes },
        ["no longer relaxed"] = processes => (PixelCriterion)new BoundaryRelaxedCrossEntropy { Window = 3, RelaxedEpochs = 1, Processes = processes }.At(1),
        ["cross entropy and Dice"] = processes => new WeightedSum(new CrossEntropy(_weights, processes), new SoftDice(processes), 0.5),
    };

    public static IEnumerable<object[]> Losses => _losses.Keys.SelectMany(_ => (int[])[2, 4], (name, processes) => (object[])[name, processes]);

    [TestMethod]
    [DynamicData(nameof(Losses))]
    public void Steps_OfSeveralProcesses_AreThoseOfOne(string loss, int processes)
    {
        double[] alone = Train(1, loss, ScalarType.Float64)[0];

        double[][] together = Train(processes, loss, ScalarType.Float64);

        foreach (double[] weights in together)
        {
            CollectionAssert.AreEqual(together[0], weights);
            CollectionAssert.That.AreClose(alone, weights, 1e-12);
        }
    }

    // The fused loss serves float32 alone. After five steps rounding has gone through the network, back, and into the weights: 1e-5 of numbers near 1.
    [TestMethod]
    [DataRow("weighted cross entropy")]
    [DataRow("OHEM by count")]
    public void Steps_InFloat32_AreThoseOfOneToRounding(string loss) =>
        CollectionAssert.That.AreClose(Train(1, loss, ScalarType.Float32)[0], Train(2, loss, ScalarType.Float32)[1], 1e-5);

    // So the equality above is not one that holds without the statistics of all.
    [TestMethod]
    public void Steps_WithNormsOfEachProcess_AreOthers()
    {
        double[] alone = Train(1, "cross entropy", ScalarType.Float64)[0];

        double[] apart = Train(2, "cross entropy", ScalarType.Float64, new DataParallel { SynchronizeBatchNorm = false })[0];

        Assert.IsGreaterThan(1e-3, alone.Zip(apart, (one, other) => Math.Abs(one - other)).Max());
    }

    [TestMethod]
    public void Steps_GradientsInBFloat16_AreNearTheOthers()
    {
        double[] alone = Train(1, "cross entropy", ScalarType.Float32, steps: 1)[0];

        double[] reduced = Train(4, "cross entropy", ScalarType.Float32, new DataParallel { ReduceGradients = true }, steps: 1)[3];

        double moved = Math.Sqrt(Train(1, "cross entropy", ScalarType.Float32, steps: 0)[0].Zip(alone, (start, end) => (end - start) * (end - start)).Sum());
        double off = Math.Sqrt(reduced.Zip(alone, (one, other) => (one - other) * (one - other)).Sum());
        Assert.IsGreaterThan(0, off);
        Assert.IsLessThan(0.02, off / moved); // bfloat16 has eight bits: 0.4 % of a gradient
    }

    [TestMethod]
    public void Steps_OneProcessWithoutPixels_AreThoseOfTheOthers()
    {
        double[] alone = Train(1, "weighted cross entropy", ScalarType.Float64, ignored: 2)[0];

        double[] together = Train(2, "weighted cross entropy", ScalarType.Float64, ignored: 2)[1];

        CollectionAssert.That.AreClose(alone, together, 1e-12);
    }

    [TestMethod]
    public void Steps_OfSeveralBatches_AreThoseOfOneProcess()
    {
        double[] alone = Train(1, "weighted cross entropy", ScalarType.Float64, accumulation: 2)[0];

        double[] together = Train(2, "weighted cross entropy", ScalarType.Float64, accumulation: 2)[0];

        CollectionAssert.That.AreClose(alone, together, 1e-12);
    }

    [TestMethod]
    public void Steps_AHundred_HoldNoMoreMemory()
    {
        var held = new long[100];

        Train(2, "cross entropy", ScalarType.Float32, steps: held.Length, stepDone: i => held[i] = DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        Assert.AreEqual(held[10], held[^1]);
    }

    // Weights and running statistics of each process at the end.
    private static double[][] Train(
        int processes, string loss, ScalarType type, DataParallel? execution = null, int steps = Steps, int ignored = 0, int accumulation = 1, Action<int>? stepDone = null)
    {
        using var scope = NewDisposeScope();
        var options = new SemanticFlowTrainerOptions
        {
            Execution = (execution ?? new DataParallel()) with { Precision = TrainingPrecision.Float32, BucketMegabytes = 1 },
            Optimizer = new Sgd { AccumulationSteps = accumulation },
        };
        var batches = Enumerable.Range(0, steps * accumulation).Select(i => Whole(i, type, ignored)).ToArray();
        var networks = Enumerable.Range(0, processes).Select(_ => Network(type)).ToArray(); // libtorch's random source is one for all threads
        return ThreadCollective.Run(processes, collective => Train(collective, networks[collective.Rank], loss, options, batches, stepDone));
    }

    /// <summary>Weights and running statistics after five steps in float64.</summary>
    internal static double[] Train(Collective processes, string loss)
    {
        using var scope = NewDisposeScope();
        var options = new SemanticFlowTrainerOptions { Execution = new DataParallel { Precision = TrainingPrecision.Float32, BucketMegabytes = 1 }, Optimizer = new Sgd() };
        return Train(processes, Network(ScalarType.Float64), loss, options, [.. Enumerable.Range(0, Steps).Select(i => Whole(i, ScalarType.Float64, ignored: 0))], stepDone: null);
    }

    private static double[] Train(
        Collective processes, SegmentationNetwork network, string loss, SemanticFlowTrainerOptions options, (Tensor Images, Tensor Labels)[] batches, Action<int>? stepDone)
    {
        using var own = NewDisposeScope();
        using var step = new GradientStep(options, TrainingPlan.For(options, seed: 1), network, processes);
        step.Begin();
        foreach (var dropout in network.modules().OfType<TorchSharp.Modules.Dropout2d>())
            dropout.eval();
        var criterion = new DeepSupervision(_losses[loss](processes), 0.4);
        int size = Images / processes.Size, accumulation = options.Optimizer.AccumulationSteps;
        for (int i = 0; i < batches.Length; i++)
        {
            using var ofStep = NewDisposeScope();
            var (images, labels) = batches[i];
            Assert.IsNotNull(step.Add(new Batch(images.narrow(0, processes.Rank * size, size), labels.narrow(0, processes.Rank * size, size), HasLabels: true), criterion));
            if ((i + 1) % accumulation == 0)
                Assert.IsTrue(step.Take(Rate));
            if (processes.IsFirst)
                stepDone?.Invoke(i);
        }

        return [.. network.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SelectMany(pair => pair.Value.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray())];
    }

    private static SegmentationNetwork Network(ScalarType type)
    {
        random.manual_seed(3);
        var network = TinyNetwork.Info.Create(Classes);
        WeightInitialization.HeNormal(network);
        network.to(type);
        return network;
    }

    // Images at the end are ignored; every class has another share of the pixels, so that means and weights of parts differ.
    private static (Tensor Images, Tensor Labels) Whole(int seed, ScalarType type, int ignored)
    {
        random.manual_seed(seed);
        var labels = randint(0, 12, [Images, 64, 64], ScalarType.Int64).sub(7).clamp(0, 2);
        labels[0, ..40] = Criterion.Ignored;
        labels[1, ..] = labels[1, ..].clamp(0, 1);
        if (ignored > 0)
            labels[(Images - ignored).., ..] = Criterion.Ignored;
        return (randn([Images, 3, 64, 64], type), labels);
    }
}
