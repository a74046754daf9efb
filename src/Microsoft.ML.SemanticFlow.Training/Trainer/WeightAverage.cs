// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Networks;

namespace Microsoft.ML.SemanticFlow.Trainer;

/// <summary>The exponential moving average of a network's weights over the steps of a run.</summary>
/// <remarks>
/// The statistics of batch norms are averaged with the weights that they belong to. While few steps are done the decay is less, so that
/// the random start is soon forgotten: (1 + step) / (10 + step), step counted from 0, as in TensorFlow's ExponentialMovingAverage.
/// </remarks>
internal sealed class WeightAverage : IDisposable
{
    private readonly SegmentationNetwork _network;
    private readonly double _decay;
    private readonly WeightSnapshot _own = new();

    /// <summary>Begins with the weights that the network has.</summary>
    /// <param name="network">The network.</param>
    /// <param name="decay">How much of the average stays at a step.</param>
    public WeightAverage(SegmentationNetwork network, double decay)
    {
        (_network, _decay) = (network, decay);
        Weights.Take(network);
    }

    public WeightSnapshot Weights { get; } = new();

    /// <summary>What stays of the average at a step.</summary>
    public double DecayAt(long step) => Math.Min(_decay, (1.0 + step) / (10.0 + step));

    /// <summary>Takes in the weights that a step, counted from 0, has left.</summary>
    public void Add(long step) => Weights.MoveTowards(_network, 1 - DecayAt(step));

    /// <summary>Gives the network the average, until the result is disposed; then it has its own weights again.</summary>
    public IDisposable Lend()
    {
        _own.Take(_network);
        Weights.CopyTo(_network);
        return new Loan(_own, _network);
    }

    public void Dispose()
    {
        Weights.Dispose();
        _own.Dispose();
    }

    private sealed class Loan(WeightSnapshot own, SegmentationNetwork network) : IDisposable
    {
        public void Dispose() => own.CopyTo(network);
    }
}
