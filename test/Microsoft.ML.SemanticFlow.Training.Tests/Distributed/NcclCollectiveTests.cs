// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

/// <summary>Which way values go where there are GPUs; NCCL itself is played by threads.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NcclCollectiveTests
{
    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    public void Contract_OverNccl_IsKept(int size) => ThreadCollective.Run(size, processes =>
    {
        var nccl = new PlayedNccl(processes);
        using (var collective = new NcclCollective(processes, nccl, device: processes.Rank))
        {
            CollectiveContract.Check(collective);
            Assert.AreEqual((processes.Rank, size, processes.Rank), nccl.Joined);
            CollectionAssert.AreEqual(new byte[] { 4, 2 }, nccl.Id);
        }

        Assert.IsTrue(nccl.HasLeft);
        return true;
    });

    [TestMethod]
    public void Sum_OfATensor_GoesThroughNcclWhereItServes()
    {
        using var scope = NewDisposeScope();
        var nccl = new PlayedNccl(SingleProcess.Instance);
        using var collective = new NcclCollective(SingleProcess.Instance, nccl, device: 0);

        collective.Sum(zeros(4));
        collective.BeginSum(zeros(4)).Wait();
        nccl.IsServing = false;
        collective.Sum(zeros(4));
        collective.BeginSum(zeros(4)).Wait();

        Assert.AreEqual(2, nccl.Sums);
    }

    private sealed class PlayedNccl(Collective processes) : INccl
    {
        public bool IsServing { get; set; } = true;

        public int Sums { get; private set; }

        public bool HasLeft { get; private set; }

        public byte[] Id { get; private set; } = [];

        public (int Rank, int Size, int Device) Joined { get; private set; }

        public byte[] CreateId() => [4, 2];

        public nint Join(byte[] id, int rank, int size, int device)
        {
            (Id, Joined) = (id, (rank, size, device));
            return 7;
        }

        public bool Serves(Tensor values) => IsServing;

        public void Sum(nint communicator, Tensor values)
        {
            Assert.AreEqual(7, communicator);
            Sums++;
            processes.Sum(values);
        }

        public void Leave(nint communicator) => HasLeft = communicator == 7;
    }
}
