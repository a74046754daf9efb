// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>Processes that each have a GPU: tensors there are summed by NCCL, all else goes the way of another collective.</summary>
internal sealed class NcclCollective : Collective, IDisposable
{
    private readonly Collective _processes;
    private readonly INccl _nccl;
    private readonly nint _communicator;

    /// <summary>Joins the group; returns when all processes have.</summary>
    /// <param name="processes">What the processes speak through otherwise.</param>
    /// <param name="nccl">NCCL.</param>
    /// <param name="device">The GPU of this process, from 0.</param>
    public NcclCollective(Collective processes, INccl nccl, int device)
    {
        (_processes, _nccl) = (processes, nccl);
        _communicator = nccl.Join(processes.Share(nccl.CreateId), processes.Rank, processes.Size, device);
    }

    public override int Rank => _processes.Rank;

    public override int Size => _processes.Size;

    public override int LocalRank => _processes.LocalRank;

    public override int LocalSize => _processes.LocalSize;

    public override string Name => $"{_processes.Name} and NCCL";

    public override TimeSpan Waited => _processes.Waited;

    public override void Sum(Span<double> values) => _processes.Sum(values);

    public override void Sum(Span<float> values) => _processes.Sum(values);

    public override void Sum(Span<long> values) => _processes.Sum(values);

    public override void Broadcast(Span<byte> bytes) => _processes.Broadcast(bytes);

    public override void Exchange(ReadOnlySpan<byte> send, Span<byte> receive) => _processes.Exchange(send, receive);

    public override void Gather(ReadOnlySpan<byte> own, Span<byte> all) => _processes.Gather(own, all);

    public override void Barrier() => _processes.Barrier();

    // What libtorch does with the values next is queued behind the sum, so nothing is waited for here.
    public override PendingSum BeginSum(Tensor values)
    {
        if (!_nccl.Serves(values))
            return _processes.BeginSum(values);
        _nccl.Sum(_communicator, values);
        return PendingSum.Complete;
    }

    public override void Sum(Tensor values)
    {
        if (_nccl.Serves(values))
            _nccl.Sum(_communicator, values);
        else
            _processes.Sum(values);
    }

    public void Dispose() => _nccl.Leave(_communicator);
}
