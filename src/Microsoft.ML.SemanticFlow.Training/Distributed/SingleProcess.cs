// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>A process alone: its sums are its own values, and it waits for no one.</summary>
internal sealed class SingleProcess : Collective
{
    /// <summary>The one that serves all: it holds nothing.</summary>
    public static SingleProcess Instance { get; } = new();

    public override int Rank => 0;

    public override int Size => 1;

    public override string Name => "one process";

    public override void Sum(Span<double> values)
    {
    }

    public override void Sum(Span<float> values)
    {
    }

    public override void Sum(Span<long> values)
    {
    }

    public override void Broadcast(Span<byte> bytes)
    {
    }

    public override void Exchange(ReadOnlySpan<byte> send, Span<byte> receive) => send.CopyTo(receive);

    public override void Gather(ReadOnlySpan<byte> own, Span<byte> all) => own.CopyTo(all);

    public override void Barrier()
    {
    }
}
