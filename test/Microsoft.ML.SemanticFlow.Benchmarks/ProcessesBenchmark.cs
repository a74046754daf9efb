// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>What it costs that processes train together: their steps against those that each takes for itself at the same time.</summary>
internal static class ProcessesBenchmark
{
    private const int Classes = 19;

    public static void Run(BenchmarkOptions options)
    {
        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        set_num_threads(1);
        var processes = DataParallel.ProcessesOf(new DataParallel());
        var network = SegmentationNetworks.Get(options.Text("network", "sfnet-lite-r18"));
        int crop = options.Number("crop", 256), batch = options.Number("batch", 4), rounds = options.Number("rounds", 15);
        random.manual_seed(1 + processes.Rank);
        Tensor images = randn(batch, 3, crop, crop), labels = randint(0, Classes, [batch, crop, crop], ScalarType.Int64);
        (string Name, DataParallel? Execution)[] ways =
        [
            ("each for itself", null),
            ("together", new DataParallel()),
            ("together, norms of each", new DataParallel { SynchronizeBatchNorm = false }),
            ("together, bfloat16 gradients", new DataParallel { ReduceGradients = true }),
        ];
        TrainerLoop[] loops = [.. ways.Select(way => new TrainerLoop(network, Classes, images, labels, bfloat16: true, channelsLast: true, way.Execution))];
        foreach (var loop in loops.Concat(loops)) // the second step of a loop knows in which order gradients come
            loop.Step();
        var seconds = loops.Select(_ => new List<double>()).ToArray();
        var waited = loops.Select(_ => new List<double>()).ToArray();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < loops.Length; i++)
            {
                processes.Barrier();
                var before = processes.Waited;
                double step = loops[i].Step().Wall;
                waited[i].Add((processes.Waited - before).TotalSeconds / step);
                seconds[i].Add(step);
            }
        }

        double alone = Median.Of(seconds[0]);
        Say(
            $"{network.Id}, {batch} crops of {crop} in each of {processes.Size} processes of one thread, {processes.Name}, bfloat16, channels-last, medians of {rounds}:");
        for (int i = 0; i < loops.Length; i++)
        {
            double step = Median.Of(seconds[i]);
            double speed = processes.Size * batch / step, share = Median.Of(waited[i]);
            Say($"  {ways[i].Name,-30} {step * 1000,7:f0} ms a step, {step / alone,5:f3} x, {speed,5:f1} images/s, {share:p1} of it in calls to MPI");
        }

        foreach (int count in (int[])[512, 1 << 18, 1 << 20, 1 << 22])
        {
            float[] values = new float[count];
            var times = new List<double>();
            for (int i = 0; i < 50; i++)
            {
                processes.Barrier();
                long start = Stopwatch.GetTimestamp();
                processes.Sum(values);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            Say($"  a sum of {count * sizeof(float) / 1024.0,8:f0} KiB {Median.Of(times),8:f3} ms");
        }

        foreach (var loop in loops)
            loop.Dispose();

        void Say(FormattableString line)
        {
            if (processes.IsFirst)
                Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        }
    }
}
