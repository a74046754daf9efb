// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Distributed;

/// <summary>What is used of NVIDIA's NCCL: sums of values that lie on GPUs.</summary>
internal interface INccl
{
    /// <summary>A new name for a group of processes; one of them makes it.</summary>
    byte[] CreateId();

    /// <summary>Joins a group; returns when all have joined.</summary>
    /// <param name="id">The group's name.</param>
    /// <param name="rank">The process, from 0.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="device">The GPU of this process, from 0.</param>
    /// <returns>The communicator.</returns>
    nint Join(byte[] id, int rank, int size, int device);

    /// <summary>Whether values lie where NCCL reaches them.</summary>
    bool Serves(Tensor values);

    /// <summary>Queues, behind what libtorch has queued, that values are replaced by their sums over the group.</summary>
    /// <param name="communicator">The communicator.</param>
    /// <param name="values">Contiguous, float32 or float64, on the GPU of this process.</param>
    void Sum(nint communicator, Tensor values);

    /// <summary>Leaves the group.</summary>
    void Leave(nint communicator);
}
