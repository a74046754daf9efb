// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Sampling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The steps of a network's training: gradients of batches, then one step of the optimiser.</summary>
internal sealed class GradientStep : IDisposable
{
    private readonly SemanticFlowTrainerOptions _options;
    private readonly bool _bfloat16;
    private readonly SegmentationNetwork _network;
    private readonly OptimizerHelper _optimizer;
    private bool _hasGradients;

    public GradientStep(SemanticFlowTrainerOptions options, TrainingPlan plan, SegmentationNetwork network)
    {
        (_options, _bfloat16, _network) = (options, plan.UseBFloat16, network);
        var parameters = network.named_parameters().ToArray();
        _optimizer = Create(options, [.. parameters.Select(named => named.parameter)]);
        Memory = new OptimizerMemory(_optimizer, parameters);
    }

    /// <summary>What the optimiser remembers.</summary>
    public OptimizerMemory Memory { get; }

    /// <summary>Turns the network to training.</summary>
    public void Begin() => _network.train();

    /// <summary>Adds the gradients of a batch.</summary>
    /// <returns>The batch's loss. Where it is not finite no gradient is added.</returns>
    public double Add(Batch batch, SegmentationLoss criterion)
    {
        using var scope = NewDisposeScope();
        if (!_hasGradients)
            _optimizer.zero_grad();
        NetworkOutput output;
        using (_bfloat16 ? MixedPrecision.Autocast() : default)
            output = _network.Predict(batch.Images);
        var loss = criterion.Compute(output, batch.Labels);
        double value = loss.ToDouble();
        if (double.IsFinite(value))
        {
            loss.backward();
            _hasGradients = true;
        }

        return value;
    }

    /// <summary>Moves the weights by the gradients added since the last step; without any they stay.</summary>
    /// <param name="rate">The learning rate.</param>
    public void Take(double rate)
    {
        if (!_hasGradients)
            return;
        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = rate;
        _optimizer.step();
        _hasGradients = false;
    }

    public void Dispose() => _optimizer.Dispose();

    private static OptimizerHelper Create(SemanticFlowTrainerOptions options, Parameter[] parameters) => options.Optimizer switch
    {
        OptimizerKind.Adam => optim.Adam(parameters, options.LearningRate, options.AdamBeta1, options.AdamBeta2, weight_decay: options.WeightDecay),
        OptimizerKind.AdamW => optim.AdamW(parameters, options.LearningRate, options.AdamBeta1, options.AdamBeta2, weight_decay: options.WeightDecay),
        _ => optim.SGD(parameters, options.LearningRate, options.Momentum, weight_decay: options.WeightDecay),
    };
}
