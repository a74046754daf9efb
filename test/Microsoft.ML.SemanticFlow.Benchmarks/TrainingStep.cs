// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Losses;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>What a number format and a memory layout bring to a training step: forward, loss, backward and SGD, without decoding.</summary>
/// <remarks>
/// The variants take turns within a round, in an order that rotates, and ratios are taken within a round: load that other programs put
/// on the machine for longer than a round falls on all alike. CPU time is told beside wall time, for it hardly feels such load.
/// </remarks>
internal static class TrainingStep
{
    private const int Classes = 11;

    public static void Run(BenchmarkOptions options)
    {
        string id = options.Text("network", "sfnet-lite-r18");
        int crop = options.Number("crop", 320), batch = options.Number("batch", 8), rounds = options.Number("rounds", 7);
        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        set_num_threads(options.Number("threads", get_num_threads()));
        random.manual_seed(1);
        var images = randn(batch, 3, crop, crop);
        var labels = randint(0, Classes, [batch, crop, crop], ScalarType.Int64);

        Variant[] variants =
        [
            new("float32", false, false), new("float32, channels-last", false, true),
            new("bfloat16", true, false), new("bfloat16, channels-last", true, true),
        ];
        foreach (var variant in variants) variant.Prepare(id, images);

        for (int round = -1; round < rounds; round++)      // the first warms up
            for (int i = 0; i < variants.Length; i++)
            {
                var variant = variants[(i + round + 1) % variants.Length];
                var time = variant.Step(labels);
                if (round >= 0) variant.Times.Add(time);
            }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{id}, crop {crop}, batch {batch}, {get_num_threads()} threads, libtorch {__version__}, {rounds} rounds; medians, ratios of paired rounds to float32"));
        Console.WriteLine();
        Console.WriteLine("| variant | wall s | CPU s | wall ratio | CPU ratio |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var variant in variants)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {variant.Name} | {Median(variant.Times.Select(t => t.Wall)):f3} | {Median(variant.Times.Select(t => t.Cpu)):f3} | {Ratio(variant, t => t.Wall):f2} | {Ratio(variant, t => t.Cpu):f2} |"));

        double Ratio(Variant variant, Func<Seconds, double> of) =>
            Median(variant.Times.Zip(variants[0].Times, (own, first) => of(own) / of(first)));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private readonly record struct Seconds(double Wall, double Cpu);

    private sealed class Variant(string name, bool bfloat16, bool channelsLast)
    {
        private readonly CrossEntropyLoss _loss = new();
        private SegmentationNetwork? _network;
        private optim.Optimizer? _optimizer;
        private Tensor? _images;

        public string Name => name;

        public List<Seconds> Times { get; } = [];

        public void Prepare(string id, Tensor images)
        {
            _network = SegmentationNetworks.Get(id).Create(Classes);
            WeightInitialization.HeNormal(_network);
            if (channelsLast) MemoryLayout.ToChannelsLast(_network);
            _images = channelsLast ? MemoryLayout.ChannelsLast(images) : images;
            _optimizer = optim.SGD(_network.parameters(), 0.01, momentum: 0.9, weight_decay: 5e-4);
        }

        public Seconds Step(Tensor labels)
        {
            using var process = Process.GetCurrentProcess();
            var cpu = process.TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            using (var scope = NewDisposeScope())
            {
                _optimizer!.zero_grad();      // not null: prepared
                NetworkOutput output;
                using (bfloat16 ? MixedPrecision.Autocast() : default) output = _network!.Predict(_images!);
                _loss.Compute(output, labels).backward();
                _optimizer.step();
            }

            process.Refresh();
            return new Seconds(clock.Elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds);
        }
    }
}
