// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using Microsoft.ML.SemanticFlow.Sampling;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Sampling;

[TestClass]
public sealed class ReadAheadTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [TestMethod]
    public void InOrder_LaterPieceDoneFirst_KeepsTheOrder()
    {
        using var laterIsDone = new ManualResetEventSlim();
        Func<int>[] work = [() => laterIsDone.Wait(_patience) ? 1 : -1, () => { laterIsDone.Set(); return 2; }, () => 3];

        CollectionAssert.AreEqual(new[] { 1, 2, 3 }, ReadAhead.InOrder(work, threads: 2, CancellationToken.None).ToArray());
    }

    [TestMethod]
    public void InOrder_OneThread_WorksOnOnePieceAtATime()
    {
        int working = 0, most = 0;
        var work = Enumerable.Range(0, 50).Select(i => (Func<int>)(() =>
        {
            most = Math.Max(most, Interlocked.Increment(ref working));
            Interlocked.Decrement(ref working);
            return i;
        }));

        CollectionAssert.AreEqual(Enumerable.Range(0, 50).ToArray(), ReadAhead.InOrder(work, threads: 1, CancellationToken.None).ToArray());
        Assert.AreEqual(1, most);
    }

    [TestMethod]
    public void InOrder_EndlessWork_RunsOnlyAFewResultsAhead()
    {
        int started = 0;
        IEnumerable<Func<int>> Endless()
        {
            for (int i = 0; ; i++)
                yield return () => Interlocked.Increment(ref started);
        }

        Assert.HasCount(10, ReadAhead.InOrder(Endless(), threads: 2, CancellationToken.None).Take(10).ToArray());

        Assert.IsLessThanOrEqualTo(10 + 4 + 2, started); // taken, ready in the queue, in the hands of either side
    }

    [TestMethod]
    public void InOrder_PieceOrWalkThatThrows_SurfacesInItsPlace()
    {
        IEnumerable<Func<int>> Broken()
        {
            yield return () => 1;
            throw new InvalidDataException("the walk");
        }

        using var piece = ReadAhead.InOrder<int>([() => 1, () => throw new InvalidDataException("the piece"), () => 3], threads: 2, CancellationToken.None).GetEnumerator();
        using var walk = ReadAhead.InOrder(Broken(), threads: 2, CancellationToken.None).GetEnumerator();

        Assert.IsTrue(piece.MoveNext() && walk.MoveNext());
        Assert.AreEqual("the piece", Assert.ThrowsExactly<InvalidDataException>(() => piece.MoveNext()).Message);
        Assert.AreEqual("the walk", Assert.ThrowsExactly<InvalidDataException>(() => walk.MoveNext()).Message);
    }

    [TestMethod]
    public void InOrder_CancelledFromTheStart_Ends()
    {
        var results = ReadAhead.InOrder<int>([() => 1, () => 2], threads: 1, new CancellationToken(canceled: true));

        Assert.ThrowsExactly<OperationCanceledException>(() => results.Count());
    }
}
