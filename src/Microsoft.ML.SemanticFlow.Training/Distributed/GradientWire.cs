// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>The number format in which gradients travel between processes.</summary>
internal abstract class GradientWire
{
    /// <summary>As they are.</summary>
    public static GradientWire Full { get; } = new FullWire();

    /// <summary>In bfloat16, half the bytes; sums are made in float32.</summary>
    public static GradientWire BFloat16 { get; } = new BFloat16Wire();

    /// <summary>Begins to replace values by their sums over the processes.</summary>
    public abstract PendingSum BeginSum(Tensor values, Collective processes);

    private sealed class FullWire : GradientWire
    {
        public override PendingSum BeginSum(Tensor values, Collective processes) => processes.BeginSum(values);
    }

    /// <summary>Each process adds up one part of the values, in float32, and gives the sum to the others.</summary>
    private sealed class BFloat16Wire : GradientWire
    {
        public override PendingSum BeginSum(Tensor values, Collective processes)
        {
            using var scope = NewDisposeScope();
            long length = values.numel(), part = (length + processes.Size - 1) / processes.Size;
            var sent = zeros(part * processes.Size, ScalarType.BFloat16);
            sent.narrow(0, 0, length).copy_(values);
            var received = empty_like(sent);
            processes.Exchange(sent.bytes, received.bytes);
            var sum = received.view(processes.Size, part).to(ScalarType.Float32).sum(0).to(ScalarType.BFloat16);
            processes.Gather(sum.bytes, received.bytes);
            values.copy_(received.narrow(0, 0, length));
            return PendingSum.Complete;
        }
    }
}
