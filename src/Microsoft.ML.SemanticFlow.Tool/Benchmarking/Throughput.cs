// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Tool.Benchmarking;

/// <summary>Images a second of several workers at once.</summary>
internal static class Throughput
{
    /// <summary>Lets workers do the same work for a time, at least twice each.</summary>
    /// <param name="work">One image.</param>
    /// <param name="workers">How many work at once.</param>
    /// <param name="time">When workers stop taking new images.</param>
    /// <param name="cancellation">Ends it with <see cref="OperationCanceledException"/>.</param>
    public static double Of(Action work, int workers, TimeSpan time, CancellationToken cancellation)
    {
        int done = 0;
        var clock = Stopwatch.StartNew();
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation }, _ =>
        {
            for (int own = 0; own < 2 || clock.Elapsed < time; own++)
            {
                cancellation.ThrowIfCancellationRequested();
                work();
                Interlocked.Increment(ref done);
            }
        });
        return done / clock.Elapsed.TotalSeconds;
    }
}
