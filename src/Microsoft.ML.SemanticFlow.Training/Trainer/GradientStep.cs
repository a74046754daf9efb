// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
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
internal sealed class GradientStep : IDisposable
{
    private readonly SemanticFlowTrainerOptions _options;
    private readonly TrainingPlan _plan;
    private readonly SegmentationNetwork _network;
    private readonly Collective _collective;
    private readonly Parameter[] _parameters;
    private readonly int _backboneParameters;
    private readonly Optimizer _optimizer;
    private double _share;

    public GradientStep(SemanticFlowTrainerOptions options, TrainingPlan plan, SegmentationNetwork network, Collective collective)
    {
        (_options, _plan, _network, _collective) = (options, plan, network, collective);
        var backbone = network.Backbone.parameters().Select(parameter => parameter.Handle).ToHashSet();
        var named = network.named_parameters().ToLookup(named => backbone.Contains(named.parameter.Handle));
        _backboneParameters = backbone.Count;
        _optimizer = options.Optimizer.Create([.. named[true], .. named[false]]);
        Scaler = plan.ReducedPrecision == ScalarType.Float16 ? new LossScaler() : null;
        _parameters = [.. _optimizer.Memory.Parameters.Select(memory => memory.Parameter)];
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
    /// <returns>The batch's loss. Where it is not finite no gradient is added.</returns>
    public double Add(Batch batch, Criterion criterion)
    {
        using var scope = NewDisposeScope();
        if (_share == 0)
            _optimizer.ForgetGradients();
        var (images, labels) = (batch.Images.to(_plan.Device), batch.Labels.to(_plan.Device));
        NetworkOutput output;
        using (_plan.Autocast())
            output = _network.Predict(images);
        var loss = criterion.Compute(output, labels);
        double value = loss.to(ScalarType.Float64).item<double>();
        if (double.IsFinite(value))
        {
            double share = ShareOf(batch);
            loss.Times(share * (Scaler?.Scale ?? 1)).backward();
            _share += share;
        }

        return value;
    }

    /// <summary>Moves the weights by the gradients that all processes added since the last step; without any, or with one out of float16's range, they stay.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <returns>Whether they moved.</returns>
    public bool Take(double rate)
    {
        SumOverProcesses();
        if (_share == 0)
            return false;
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

    public void Dispose() => _optimizer.Dispose();

    // A loss is a mean over the pixels that count: weighted by their share, those of a few batches give the mean over all their pixels.
    private double ShareOf(Batch batch)
    {
        if (_options.Optimizer.AccumulationSteps == 1 && _collective.Size == 1)
            return 1;
        using var counting = batch.Labels.IsNotEqualTo(Criterion.Ignored).sum();
        return counting.item<long>() / (double)batch.Labels.numel();
    }

    private void SumOverProcesses()
    {
        if (_collective.Size == 1)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        if (_share == 0)
            _optimizer.ForgetGradients(); // they are the last step's
        Span<double> share = [_share];
        _collective.Sum(share);
        _share = share[0];

        // A parameter without gradient in every process stays so: it is not decayed either.
        long[] holders = [.. _parameters.Select(parameter => parameter.grad is null ? 0L : 1)];
        _collective.Sum(holders);
        foreach (var (parameter, count) in _parameters.Zip(holders))
        {
            if (count == 0)
                continue;
            var sum = (parameter.grad ??= zeros_like(parameter)).cpu().contiguous();
            _collective.Sum(MemoryMarshal.Cast<byte, float>(sum.bytes));
            parameter.grad.copy_(sum);
        }
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
