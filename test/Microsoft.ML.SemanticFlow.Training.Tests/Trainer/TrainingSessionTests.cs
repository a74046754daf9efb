// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.Runtime;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer;
using Microsoft.ML.SemanticFlow.Trainer.Options;
using Microsoft.ML.SemanticFlow.Trainer.Records;
using Microsoft.ML.SemanticFlow.Trainer.Schedules;
using Microsoft.ML.SemanticFlow.Training.Tests.Distributed;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Trainer;

/// <summary>What processes that train together must agree on.</summary>
[TestClass]
[DoNotParallelize]
public sealed class TrainingSessionTests : IDisposable
{
    private readonly TinyScenes _scenes = new(6);

    public void Dispose() => _scenes.Dispose();

    [TestMethod]
    public void Add_LossOfOneProcessNotFinite_IsFiniteInNone()
    {
        double?[] losses = Together(TinyRun.Options, (session, rank, _) =>
        {
            using var scope = NewDisposeScope();
            var images = full([2, 3, 64, 64], rank == 1 ? float.NaN : 0.5f);
            return session.Step.Add(new Batch(images, zeros([2, 64, 64], ScalarType.Int64), HasLabels: true), new CrossEntropy());
        });

        Assert.IsTrue(losses.All(loss => loss is { } value && !double.IsFinite(value)));
    }

    [TestMethod]
    public void Add_OneProcessWithoutAPixelThatCounts_GivesAllTheOthersLoss()
    {
        double?[] losses = Together(TinyRun.Options, (session, rank, _) =>
        {
            using var scope = NewDisposeScope();
            var labels = full([2, 64, 64], rank == 1 ? 0 : Criterion.Ignored, ScalarType.Int64);
            return session.Step.Add(new Batch(full([2, 3, 64, 64], 0.5f), labels, HasLabels: rank == 1), new CrossEntropy(classWeights: null, session.Processes));
        });

        Assert.IsGreaterThan(0, losses[0]!.Value);
        Assert.AreEqual(losses[0], losses[1]);
    }

    [TestMethod]
    public void Batches_OneProcessCancelled_EndInAll()
    {
        bool[] ended = Together(TinyRun.Options, (session, rank, stop) =>
        {
            if (rank == 1)
                stop.Cancel();
            try
            {
                return session.Batches(epoch: 0).ToArray() is null; // it does not come to an array
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        });

        CollectionAssert.AreEqual(new[] { true, true }, ended);
    }

    // Alone, the second would never find a better mIoU, for its validation set has no pixel that counts.
    [TestMethod]
    public void Run_ProcessesThatMeasureOtherwise_KeepTheWeightsThatTheFirstFindsBest()
    {
        using var unlabelled = new TinyScenes(1);
        new SegmentationMask(64, 64, [.. Enumerable.Repeat((byte)255, 64 * 64)], TinyScenes.Labels).Save(Path.Combine(unlabelled.Masks, "000.png"));
        var context = new MLContext(1);
        var options = TinyRun.Options with { Epochs = 3, EarlyStoppingPatience = 2, ValidationSet = _scenes.Paths(context) };

        float[][] weights = Together(rank => rank == 0 ? options : options with { ValidationSet = unlabelled.Paths(context) }, (session, _, stop) =>
        {
            using var loop = new TrainingLoop(session, Validation.Open(session, stop.Token), new TrainingBudget(limit: null));
            loop.Run(stop.Token);
            return session.Network.parameters().SelectMany(parameter => parameter.data<float>().ToArray()).ToArray();
        });

        CollectionAssert.AreEqual(weights[0], weights[1]);
    }

    // Five images: one process of two has one more than the other.
    [TestMethod]
    public void Validate_TwoProcesses_CountEachImageOnce()
    {
        using var scenes = new TinyScenes(5);
        var options = TinyRun.Options with { ValidationSet = scenes.Paths(new MLContext(1)) };

        var counts = Together(options, (session, _, stop) =>
        {
            var metrics = Validation.Open(session, stop.Token)!.Run(_ => { }, stop.Token).Metrics; // the options name a set
            return (metrics.ConfusionMatrix.GetCounts().Sum(row => row.Sum()), metrics.MeanIoU);
        });

        Assert.AreEqual((5 * 64 * 64, counts[0].MeanIoU), counts[0]);
        Assert.AreEqual(counts[0], counts[1]);
    }

    private T[] Together<T>(SemanticFlowTrainerOptions options, Func<TrainingSession, int, CancellationTokenSource, T> work) => Together(_ => options, work);

    private T[] Together<T>(Func<int, SemanticFlowTrainerOptions> optionsOf, Func<TrainingSession, int, CancellationTokenSource, T> work)
    {
        var context = new MLContext(1);
        using var channel = ((IHostEnvironment)context).Register("Test").Start("Test");
        return ThreadCollective.Run(2, processes =>
        {
            using var stop = new CancellationTokenSource();
            using var session = Make(processes, stop.Token);
            processes.Barrier();
            return work(session, processes.Rank, stop);
        });

        TrainingSession Make(Collective processes, CancellationToken cancellation)
        {
            var options = optionsOf(processes.Rank);
            var data = TrainingData.Find(options, _scenes.Rows(context));
            var recorder = new RunRecorder(options, folder: null, data.Labels, channel);
            return new TrainingSession(options, data, TrainingPlan.For(options, seed: 1), recorder, processes, channel, cancellation);
        }
    }
}
