// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>What the processes that train one network tell each other. All of them call the same members in the same order.</summary>
/// <remarks>A decision that one process takes alone, on what it alone has seen, leaves the others waiting: it is asked of all, or told by the first.</remarks>
internal abstract class Collective
{
    /// <summary>The number of this process, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many processes there are.</summary>
    public abstract int Size { get; }

    /// <summary>The number of this process among those of its machine, from 0.</summary>
    public virtual int LocalRank => Rank;

    /// <summary>How many processes there are on this machine.</summary>
    public virtual int LocalSize => Size;

    /// <summary>What connects the processes, such as the name of a library.</summary>
    public abstract string Name { get; }

    /// <summary>The time that this process has spent in these calls, waiting for others for the most part.</summary>
    public virtual TimeSpan Waited => TimeSpan.Zero;

    /// <summary>Whether this process is the one that writes files.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Whether there is no other process.</summary>
    public bool IsAlone => Size == 1;

    /// <summary>Replaces values by their sums over the processes, the same to the last bit in each.</summary>
    public abstract void Sum(Span<double> values);

    /// <inheritdoc cref="Sum(Span{double})"/>
    public abstract void Sum(Span<float> values);

    /// <inheritdoc cref="Sum(Span{double})"/>
    public abstract void Sum(Span<long> values);

    /// <summary>Replaces bytes by those of the first process.</summary>
    public abstract void Broadcast(Span<byte> bytes);

    /// <summary>Sends each process its part of the bytes, and receives from each what it has for this one.</summary>
    /// <param name="send">As many equal parts as there are processes, by receiver.</param>
    /// <param name="receive">Of the same length, by sender.</param>
    public abstract void Exchange(ReadOnlySpan<byte> send, Span<byte> receive);

    /// <summary>Gives every process the bytes of all.</summary>
    /// <param name="own">Those of this process; as many in each.</param>
    /// <param name="all">Takes those of all, by process.</param>
    public abstract void Gather(ReadOnlySpan<byte> own, Span<byte> all);

    /// <summary>Returns when every process has come here.</summary>
    public abstract void Barrier();

    /// <summary>Begins to replace the values of a tensor by their sums over the processes, while this process goes on.</summary>
    /// <remarks>Sums begun are numbered by their order, apart from everything else that the processes tell each other.</remarks>
    /// <param name="values">Contiguous, float32 or float64. It is left alone until the sum is complete.</param>
    /// <returns>The sum; complete it before the values are used.</returns>
    public virtual PendingSum BeginSum(Tensor values)
    {
        Sum(values);
        return PendingSum.Complete;
    }

    /// <summary>Replaces the values of a tensor by their sums over the processes.</summary>
    /// <param name="values">Contiguous, float32 or float64, on any device.</param>
    public virtual void Sum(Tensor values)
    {
        using var own = values.device_type == TorchSharp.DeviceType.CPU ? values.alias() : values.cpu();
        if (own.dtype == ScalarType.Float64)
            Sum(MemoryMarshal.Cast<byte, double>(own.bytes));
        else
            Sum(MemoryMarshal.Cast<byte, float>(own.bytes));
        if (values.device_type != TorchSharp.DeviceType.CPU)
            values.copy_(own);
    }

    /// <summary>Replaces the values of a tensor by those of the first process.</summary>
    /// <param name="values">Of any layout, number format and device; of one shape in each process.</param>
    public void Broadcast(Tensor values)
    {
        using var own = values.cpu().contiguous();
        Broadcast(own.bytes);
        if (!IsFirst)
            values.copy_(own);
    }

    /// <summary>Replaces all weights and statistics of a network by those of the first process.</summary>
    public void Broadcast(nn.Module network)
    {
        if (IsAlone)
            return;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (_, weight) in network.state_dict())
            Broadcast(weight);
    }

    /// <summary>Whether something holds in any process.</summary>
    public bool Any(bool own)
    {
        Span<long> count = [own ? 1 : 0];
        Sum(count);
        return count[0] > 0;
    }

    /// <summary>What the first process has decided.</summary>
    /// <param name="own">What this one would.</param>
    public bool Decide(bool own)
    {
        Span<byte> decision = [own ? (byte)1 : (byte)0];
        Broadcast(decision);
        return decision[0] != 0;
    }

    /// <summary>What the first process says.</summary>
    /// <param name="own">The first process's words; what others give is not used.</param>
    public T Tell<T>(T own)
        where T : unmanaged
    {
        Span<T> said = [own];
        Broadcast(MemoryMarshal.AsBytes(said));
        return said[0];
    }

    /// <summary>Bytes of the first process, however many there are.</summary>
    /// <param name="make">Makes them, in the first process alone.</param>
    public byte[] Share(Func<byte[]> make)
    {
        byte[] own = IsFirst ? make() : [];
        int length = Tell(own.Length);
        if (!IsFirst)
            own = new byte[length];
        Broadcast(own);
        return own;
    }
}
