// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Concurrent;

namespace Microsoft.ML.SemanticFlow.Sampling;

/// <summary>Does work ahead of who asks for its results, on several threads, and hands the results out in order.</summary>
internal static class ReadAhead
{
    private const int Results = 4;

    /// <param name="work">Walked by one thread of its own: a cursor belongs to the thread that moves it.</param>
    /// <param name="threads">How many pieces are worked on at a time. A few results more lie ready, never more than that.</param>
    /// <param name="cancellation">Ends the work with <see cref="OperationCanceledException"/>.</param>
    public static IEnumerable<T> InOrder<T>(IEnumerable<Func<T>> work, int threads, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var queue = new BlockingCollection<Task<T>>(Math.Max(threads, Results));
        var scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler;

        // The token ends the walk from inside: one that never began would leave the queue open.
        var walking = Task.Factory.StartNew(Walk, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            foreach (var result in queue.GetConsumingEnumerable(CancellationToken.None))
                yield return result.GetAwaiter().GetResult();
            walking.GetAwaiter().GetResult();
        }
        finally
        {
            // Nothing reads on when this returns.
            stop.Cancel();
            Task.WhenAny(walking).GetAwaiter().GetResult();
            Task.WhenAll(queue).ContinueWith(_ => { }, TaskScheduler.Default).GetAwaiter().GetResult();
        }

        void Walk()
        {
            try
            {
                foreach (var piece in work)
                {
                    var task = new Task<T>(() => Do(piece));
                    queue.Add(task, stop.Token);
                    task.Start(scheduler); // only now: one that the queue did not take is not waited for
                }
            }
            finally
            {
                queue.CompleteAdding();
            }
        }

        T Do(Func<T> piece)
        {
            stop.Token.ThrowIfCancellationRequested();
            return piece();
        }
    }
}
