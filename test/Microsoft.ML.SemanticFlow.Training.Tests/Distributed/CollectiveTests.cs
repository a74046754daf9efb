// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Distributed;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Distributed;

[TestClass]
public sealed class CollectiveTests
{
    [TestMethod]
    public void Contract_SingleProcess_IsKept() => CollectiveContract.Check(SingleProcess.Instance);

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    public void Contract_Threads_IsKept(int size) => ThreadCollective.Run(size, processes =>
    {
        CollectiveContract.Check(processes);
        return true;
    });

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Any_SingleProcess_IsItsOwn(bool own) => Assert.AreEqual(own, SingleProcess.Instance.Any(own));

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Decide_SingleProcess_IsItsOwn(bool own) => Assert.AreEqual(own, SingleProcess.Instance.Decide(own));

    [TestMethod]
    [DataRow(-1, false)]
    [DataRow(0, true)]
    [DataRow(2, true)]
    public void Any_OneOfThree_HoldsInAll(int which, bool expected) =>
        CollectionAssert.AreEqual(new[] { expected, expected, expected }, ThreadCollective.Run(3, processes => processes.Any(processes.Rank == which)));

    [TestMethod]
    [DataRow(0, true)]
    [DataRow(1, false)]
    public void Decide_ProcessesThatDiffer_FollowTheFirst(int which, bool expected) =>
        CollectionAssert.AreEqual(new[] { expected, expected }, ThreadCollective.Run(2, processes => processes.Decide(processes.Rank == which)));
}
