// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>A copy of a network's weights in memory; taking it again reuses the memory.</summary>
internal sealed class WeightSnapshot : IDisposable
{
    private readonly Dictionary<string, Tensor> _weights = [];

    public IReadOnlyDictionary<string, Tensor> Weights => _weights;

    public bool IsTaken => _weights.Count > 0;

    public void Take(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (name, weight) in network.state_dict())
        {
            if (!_weights.TryGetValue(name, out var copy))
                _weights[name] = copy = empty(weight.shape, weight.dtype, weight.device).DetachFromDisposeScope();
            copy.copy_(weight);
        }
    }

    /// <summary>Moves the copy towards a network: share of its weights, the rest of the copy's. What is counted and not computed with is copied.</summary>
    public void MoveTowards(nn.Module network, double share)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (name, weight) in network.state_dict())
        {
            if (weight.is_floating_point())
                _weights[name].TimesInPlace(1 - share).PlusInPlace(weight, share);
            else
                _weights[name].copy_(weight);
        }
    }

    public void CopyTo(nn.Module network)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (name, weight) in network.state_dict())
            weight.copy_(_weights[name]);
    }

    public void Dispose()
    {
        foreach (var weight in _weights.Values)
            weight.Dispose();
        _weights.Clear();
    }
}
