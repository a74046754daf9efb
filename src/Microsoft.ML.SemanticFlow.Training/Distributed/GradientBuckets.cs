// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>The gradients of a step, summed over the processes in a few large pieces, while later ones are still computed.</summary>
/// <remarks>
/// Li et al., VLDB 2020 (arXiv 2006.15704), "Gradient Bucketing" and "Overlap Computation with Communication". Pieces are begun in one order
/// in every process. The order of the first step is that of the layers from the last to the first; from then on it is the one in which
/// gradients came there in the first process.
/// </remarks>
internal sealed class GradientBuckets : IDisposable
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Collective _processes;
    private readonly long _bytes;
    private readonly GradientWire _wire;
    private readonly List<int> _come = [];
    private readonly HashSet<int> _hasCome = [];
    private Bucket[] _buckets;
    private bool _isOrdered;
    private bool _isUnderWay;
    private int _begun;

    /// <param name="parameters">The parameters, in the order of the layers.</param>
    /// <param name="processes">The processes.</param>
    /// <param name="bytes">A piece ends with the gradient that fills it.</param>
    /// <param name="wire">The number format in which gradients travel.</param>
    public GradientBuckets(IReadOnlyList<Parameter> parameters, Collective processes, long bytes, GradientWire wire)
    {
        (_parameters, _processes, _bytes, _wire) = (parameters, processes, bytes, wire);
        _buckets = Fill(Enumerable.Range(0, parameters.Count).Reverse());
    }

    /// <summary>How many pieces there are.</summary>
    public int Count => _buckets.Length;

    /// <summary>The parameters in the order in which their gradients are summed.</summary>
    public IEnumerable<int> Order => _buckets.SelectMany(bucket => bucket.Members);

    /// <summary>Tells that the gradients of the step are computed now: those there were are gone.</summary>
    public void Begin() => _isUnderWay = true;

    /// <summary>Begins the sums of the pieces that are complete, and lets those begun go on.</summary>
    public void Advance()
    {
        if (!_isUnderWay)
            return;
        if (!_isOrdered)
            NoteCome();
        while (_begun < _buckets.Length && _buckets[_begun].Members.All(i => _parameters[i].grad is not null))
            _buckets[_begun++].Begin(this);
        foreach (var bucket in _buckets.AsSpan(0, _begun))
            bucket.Advance();
    }

    /// <summary>Returns when every gradient is the sum over the processes. A parameter without gradient has none in any process, and stays without.</summary>
    public void Finish()
    {
        if (_isUnderWay && !_isOrdered)
            NoteCome();
        for (; _begun < _buckets.Length; _begun++)
            _buckets[_begun].Begin(this);
        foreach (var bucket in _buckets)
            bucket.Finish(this);
        (_begun, bool wasUnderWay, _isUnderWay) = (0, _isUnderWay, false);
        if (wasUnderWay && !_isOrdered)
            TakeOrder();
    }

    public void Dispose()
    {
        foreach (var bucket in _buckets)
            bucket.Dispose();
    }

    private void NoteCome()
    {
        for (int i = _parameters.Count - 1; i >= 0; i--)
        {
            if (!_hasCome.Contains(i) && _parameters[i].grad is not null && _hasCome.Add(i))
                _come.Add(i);
        }
    }

    private void TakeOrder()
    {
        int[] order = [.. _come, .. Enumerable.Range(0, _parameters.Count).Where(i => !_hasCome.Contains(i))];
        _processes.Broadcast(MemoryMarshal.AsBytes(order.AsSpan()));
        Dispose();
        _buckets = Fill(order);
        _isOrdered = true;
    }

    private Bucket[] Fill(IEnumerable<int> order)
    {
        var buckets = new List<Bucket>();
        var members = new List<int>();
        long bytes = 0;
        foreach (int i in order)
        {
            members.Add(i);
            bytes += _parameters[i].numel() * _parameters[i].ElementSize;
            if (bytes < _bytes)
                continue;
            buckets.Add(new Bucket([.. members], _parameters));
            members.Clear();
            bytes = 0;
        }

        if (members.Count > 0)
            buckets.Add(new Bucket([.. members], _parameters));
        return [.. buckets];
    }

    /// <summary>Some gradients, one after the other in one tensor.</summary>
    private sealed class Bucket : IDisposable
    {
        private readonly Tensor _values;
        private readonly Tensor[] _places;
        private PendingSum? _sum;

        public Bucket(int[] members, IReadOnlyList<Parameter> parameters)
        {
            Members = members;
            var first = parameters[members[0]];
            _values = zeros(members.Sum(i => parameters[i].numel()), first.dtype, first.device).DetachFromDisposeScope();
            _places = new Tensor[members.Length];
            long start = 0;
            for (int i = 0; i < members.Length; i++)
            {
                var parameter = parameters[members[i]];
                _places[i] = _values.narrow(0, start, parameter.numel()).view(parameter.shape).DetachFromDisposeScope();
                start += parameter.numel();
            }
        }

        public int[] Members { get; }

        public void Begin(GradientBuckets owner)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            for (int i = 0; i < Members.Length; i++)
            {
                if (owner._parameters[Members[i]].grad is { } gradient)
                    _places[i].copy_(gradient);
                else
                    _places[i].zero_();
            }

            _sum = owner._wire.BeginSum(_values, owner._processes);
        }

        public void Advance() => _sum?.Advance();

        public void Finish(GradientBuckets owner)
        {
            _sum?.Wait();
            _sum = null;
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            for (int i = 0; i < Members.Length; i++)
                owner._parameters[Members[i]].grad?.copy_(_places[i]);
        }

        public void Dispose()
        {
            foreach (var place in _places)
                place.Dispose();
            _values.Dispose();
        }
    }
}
