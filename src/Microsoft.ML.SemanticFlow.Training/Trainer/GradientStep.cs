// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Distributed;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Sampling;
using Microsoft.ML.SemanticFlow.Trainer.Optimizers;
using Microsoft.ML.SemanticFlow.Trainer.Options;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The steps of a network's training: gradients of a batch or a few, then one step of the optimiser.</summary>
/// <remarks>Where several processes train, a batch is what they have together, and each computes the gradients of its own images.</remarks>
internal sealed class GradientStep : IDisposable
{
    private const long BytesOfMegabyte = 1 << 20;

    private readonly SemanticFlowTrainerOptions _options;
    private readonly TrainingPlan _plan;
    private readonly SegmentationNetwork _network;
    private readonly Collective _processes;
    private readonly GradientBuckets? _buckets;
    private readonly Parameter[] _parameters;
    private readonly int _backboneParameters;
    private readonly Optimizer _optimizer;
    private double _share;

    public GradientStep(SemanticFlowTrainerOptions options, TrainingPlan plan, SegmentationNetwork network, Collective processes)
    {
        (_options, _plan, _network, _processes) = (options, plan, network, processes);
        var backbone = network.Backbone.parameters().Select(parameter => parameter.Handle).ToHashSet();
        var named = network.named_parameters().ToLookup(named => backbone.Contains(named.parameter.Handle));
        _backboneParameters = backbone.Count;
        _optimizer = options.Optimizer.Create([.. named[true], .. named[false]]);
        Scaler = plan.ReducedPrecision == ScalarType.Float16 ? new LossScaler() : null;
        _parameters = [.. _optimizer.Memory.Parameters.Select(memory => memory.Parameter)];
        if (processes.IsAlone)
            return;
        var parallel = options.Execution as DataParallel ?? new DataParallel();
        _buckets = new GradientBuckets(
            [.. network.parameters()], processes, parallel.BucketMegabytes * BytesOfMegabyte, parallel.ReduceGradients ? GradientWire.BFloat16 : GradientWire.Full);
        if (parallel.SynchronizeBatchNorm)
            new NormSynchronization(processes, _buckets.Advance).Join(network);
    }

    /// <summary>What the optimiser remembers.</summary>
    public OptimizerMemory Memory => _optimizer.Memory;

    /// <summary>The factor of the loss in float16; null in other number formats.</summary>
    public LossScaler? Scaler { get; }

    /// <summary>Turns the network to training; batch norms only where they are not frozen.</summary>
    public void Begin()
    {
        _network.train();
        if (!_options.FreezeBatchNorm)
            return;
        foreach (var norm in _network.modules().OfType<HeldBatchNorm>())
            norm.eval();
    }

    /// <summary>Adds the gradients of a batch.</summary>
    /// <returns>The batch's loss; null where no pixel counts. Then, and where the loss is not finite, no gradient is added.</returns>
    public double? Add(Batch batch, Criterion criterion)
    {
        if (_processes.IsAlone && !batch.HasLabels)
            return null;
        using var scope = NewDisposeScope();
        if (_share == 0)
            _optimizer.ForgetGradients();
        var (images, labels) = (batch.Images.to(_plan.Device), batch.Labels.to(_plan.Device));
        NetworkOutput output;
        using (_plan.Autocast())
            output = _network.Predict(images);
        var loss = criterion.Compute(output, labels);
        var (value, share) = InAll(loss.to(ScalarType.Float64).item<double>(), batch);
        if (share == 0)
            return null;
        if (double.IsFinite(value))
        {
            if (_options.Optimizer.AccumulationSteps == 1)
                _buckets?.Begin();
            loss.Times(share * (Scaler?.Scale ?? 1)).backward();
            _share += share;
        }

        return value;
    }

    /// <summary>Moves the weights by the gradients that were added since the last step; without any, or with one out of float16's range, they stay.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <returns>Whether they moved.</returns>
    public bool Take(double rate)
    {
        if (_share == 0)
            return false;
        _buckets?.Finish();
        bool finite = Scaler?.Unscale(_parameters) ?? true;
        if (!finite)
        {
            _share = 0;
            return false;
        }

        AverageGradients();
        if (_options.Optimizer.MaxGradientNorm is { } norm)
            nn.utils.clip_grad_norm_(_parameters, norm);
        _optimizer.Step(i => i < _backboneParameters ? rate * _options.Optimizer.BackboneLearningRateFactor : rate);
        _share = 0;
        return true;
    }

    public void Dispose()
    {
        _buckets?.Dispose();
        _optimizer.Dispose();
    }

    // The loss of the batch, of which this process has a part, and the share of its pixels that count. A loss is a mean over these: weighted by
    // the share, those of a few batches give the mean over all their pixels.
    private (double Loss, double Share) InAll(double part, Batch batch)
    {
        bool isWhole = _options.Optimizer.AccumulationSteps == 1;
        if (_processes.IsAlone && isWhole)
            return (part, 1);
        using var counting = batch.Labels.IsNotEqualTo(Criterion.Ignored).sum();
        Span<double> all = [part, counting.item<long>(), batch.Labels.numel()];
        _processes.Sum(all);
        return (all[0], all[1] == 0 ? 0 : isWhole ? 1 : all[1] / all[2]);
    }

    private void AverageGradients()
    {
        if (_share == 1)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var parameter in _parameters)
            parameter.grad?.DividedInPlace(_share);
    }
}
