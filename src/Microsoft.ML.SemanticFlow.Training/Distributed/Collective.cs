// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>What the processes that train one network tell each other. All of them call the same members in the same order.</summary>
/// <remarks>A decision that one process takes alone, on what it alone has seen, leaves the others waiting: it is asked of all, or told by the first.</remarks>
internal abstract class Collective
{
    /// <summary>The number of this process, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many processes there are.</summary>
    public abstract int Size { get; }

    /// <summary>Whether this process is the one that writes files.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>Replaces values by their sums over the processes, the same to the last bit in each.</summary>
    public abstract void Sum(Span<double> values);

    /// <inheritdoc cref="Sum(Span{double})"/>
    public abstract void Sum(Span<float> values);

    /// <inheritdoc cref="Sum(Span{double})"/>
    public abstract void Sum(Span<long> values);

    /// <summary>Replaces bytes by those of the first process.</summary>
    public abstract void Broadcast(Span<byte> bytes);

    /// <summary>Returns when every process has come here.</summary>
    public abstract void Barrier();

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
}
