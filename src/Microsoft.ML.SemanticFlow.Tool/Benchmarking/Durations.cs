// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;

namespace Microsoft.ML.SemanticFlow.Tool.Benchmarking;

/// <summary>How long something took, again and again, in milliseconds.</summary>
internal sealed record Durations(int Count, double Median, double Percentile90, double Percentile99, double Longest)
{
    private const int FewestRuns = 10;

    /// <summary>Runs something for a time, at least ten times, after two runs that do not count.</summary>
    public static Durations Of(Action run, TimeSpan time, CancellationToken cancellation)
    {
        for (int i = 0; i < 2; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            run();
        }

        var milliseconds = new List<double>();
        var clock = Stopwatch.StartNew();
        while (milliseconds.Count < FewestRuns || clock.Elapsed < time)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            run();
            milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Of(milliseconds);
    }

    /// <summary>The figures of durations; a percentile is the shortest one that so many are not longer than.</summary>
    public static Durations Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new Durations(sorted.Length, At(0.5), At(0.9), At(0.99), sorted[^1]);

        double At(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}
