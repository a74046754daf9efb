// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

/// <summary>What every form of <see cref="Collective"/> keeps; called by all processes together.</summary>
internal static class CollectiveContract
{
    public static void Check(Collective processes)
    {
        int size = processes.Size, rank = processes.Rank, ranks = size * (size - 1) / 2; // 0 + 1 + … of all
        Assert.IsTrue(rank >= 0 && rank < size);
        Assert.IsTrue(processes.LocalRank >= 0 && processes.LocalRank < processes.LocalSize && processes.LocalSize <= size);

        double[] doubles = [rank, 0.5];
        processes.Sum(doubles);
        CollectionAssert.AreEqual(new[] { ranks, 0.5 * size }, doubles);
        float[] floats = [rank, 0.5f, -1];
        processes.Sum(floats);
        CollectionAssert.AreEqual(new[] { ranks, 0.5f * size, -size }, floats);
        long[] longs = [1L << 40, rank];
        processes.Sum(longs);
        CollectionAssert.AreEqual(new[] { size * (1L << 40), ranks }, longs);
        processes.Sum(Array.Empty<long>());

        byte[] bytes = [(byte)rank, (byte)(rank + 1)];
        processes.Broadcast(bytes);
        CollectionAssert.AreEqual(new byte[] { 0, 1 }, bytes);

        // Two bytes from each to each: sender, receiver.
        byte[] received = new byte[2 * size];
        processes.Exchange([.. Enumerable.Range(0, size).SelectMany(receiver => (byte[])[(byte)rank, (byte)receiver])], received);
        CollectionAssert.AreEqual(Enumerable.Range(0, size).SelectMany(sender => (byte[])[(byte)sender, (byte)rank]).ToArray(), received);
        byte[] all = new byte[3 * size];
        processes.Gather([(byte)rank, 7, (byte)(2 * rank)], all);
        CollectionAssert.AreEqual(Enumerable.Range(0, size).SelectMany(sender => (byte[])[(byte)sender, 7, (byte)(2 * sender)]).ToArray(), all);

        Assert.AreEqual(size > 1, processes.Any(rank == size - 1 && size > 1));
        Assert.IsFalse(processes.Any(own: false));
        Assert.IsTrue(processes.Decide(rank == 0));
        Assert.IsFalse(processes.Decide(rank > 0));
        Assert.AreEqual(42, processes.Tell(42 + rank));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, processes.Share(() => rank == 0 ? [1, 2, 3] : throw new InvalidOperationException("The first process alone makes it.")));
        CheckTensors(processes, ranks);
        processes.Barrier();
    }

    private static void CheckTensors(Collective processes, int ranks)
    {
        using var scope = NewDisposeScope();
        var values = full([3, 2], (double)processes.Rank, ScalarType.Float64);
        processes.Sum(values);
        Assert.IsTrue(values.Equals(full([3, 2], (double)ranks, ScalarType.Float64)));

        var told = tensor(new[] { processes.Rank + 5L }).expand(2, 3);
        var own = told.clone();
        processes.Broadcast(own);
        Assert.IsTrue(own.Equals(full([2, 3], 5L, ScalarType.Int64)));

        // Sums that were begun go their own way: another may be made before they are complete, and they may be completed in any order.
        var first = full(1000, (float)processes.Rank, ScalarType.Float32);
        var second = full(10, 1f, ScalarType.Float32);
        PendingSum one = processes.BeginSum(first), other = processes.BeginSum(second);
        long[] between = [1];
        processes.Sum(between);
        Assert.AreEqual(processes.Size, between[0]);
        one.Advance();
        other.Wait();
        one.Wait();
        one.Wait();
        one.Advance();
        Assert.IsTrue(first.Equals(full(1000, (float)ranks, ScalarType.Float32)));
        Assert.IsTrue(second.Equals(full(10, (float)processes.Size, ScalarType.Float32)));
    }
}
