// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>A training step on tensors in memory: ours by number format and memory layout, a plain TorchSharp loop's, and PyTorch's.</summary>
/// <remarks>
/// The loops take turns within a round, in an order that rotates, and ratios are taken within a round: load that other programs put
/// on the machine for longer than a round falls on all alike. CPU time is told beside wall time, for it hardly feels such load.
/// </remarks>
internal static class TrainingStep
{
    private const int Classes = 11;

    public static void Run(BenchmarkOptions options)
    {
        var network = SegmentationNetworks.Get(options.Text("network", "sfnet-lite-r18"));
        int crop = options.Number("crop", 320), batch = options.Number("batch", 8), rounds = options.Number("rounds", 7);
        string checkout = options.Text("pytorch", ""), python = options.Text("python", "/usr/bin/python3");
        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        set_num_threads(options.Number("threads", get_num_threads()));
        random.manual_seed(1);
        using var images = randn(batch, 3, crop, crop);
        using var labels = randint(0, Classes, [batch, crop, crop], ScalarType.Int64);

        List<IStepLoop> loops =
        [
            new TorchSharpLoop(network, Classes, images, labels),
            new TrainerLoop(network, Classes, images, labels, bfloat16: false, channelsLast: false),
            new TrainerLoop(network, Classes, images, labels, bfloat16: false, channelsLast: true),
        ];
        if (MixedPrecision.HasBFloat16Hardware)      // elsewhere it is emulated, many times slower
        {
            loops.Add(new TrainerLoop(network, Classes, images, labels, bfloat16: true, channelsLast: false));
            loops.Add(new TrainerLoop(network, Classes, images, labels, bfloat16: true, channelsLast: true));
        }

        if (checkout.Length > 0)
            loops.Insert(0, new PyTorchLoop(python, checkout, network, crop, batch));

        List<StepSeconds>[] times = [.. loops.Select(_ => new List<StepSeconds>())];
        for (int round = -2; round < rounds; round++)      // the first two warm up
            for (int i = 0; i < loops.Count; i++)
            {
                int loop = (i + round + 2) % loops.Count;
                var time = loops[loop].Step();
                if (round >= 0)
                    times[loop].Add(time);
            }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{network.Id}, crop {crop}, batch {batch}, {get_num_threads()} threads, libtorch {__version__}, {rounds} rounds; medians, ratios of paired rounds to the first"));
        Console.WriteLine();
        Console.WriteLine("| loop | wall s | CPU s | wall ratio | CPU ratio |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var (loop, own) in loops.Zip(times))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {loop.Name} | {Median.Of(own.Select(t => t.Wall)):f3} | {Median.Of(own.Select(t => t.Cpu)):f3} | " +
                $"{Ratio(own, t => t.Wall):f2} | {Ratio(own, t => t.Cpu):f2} |"));
        loops.ForEach(loop => loop.Dispose());

        double Ratio(List<StepSeconds> own, Func<StepSeconds, double> of) => Median.Of(own.Zip(times[0], (one, first) => of(one) / of(first)));
    }
}
