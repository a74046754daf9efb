// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>A process alone: its sums are its own values, and it waits for no one.</summary>
internal sealed class SingleProcess : Collective
{
    public override int Rank => 0;

    public override int Size => 1;

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

    public override void Barrier()
    {
    }
}
