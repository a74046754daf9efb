// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Native;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>What feeding and managing cost a training run: epochs of the trainer, decoding and augmenting PNG files alongside, against a plain
/// loop on tensors in memory.</summary>
/// <remarks>
/// Both run in one process on the same number of arithmetic threads and take turns epoch by epoch; a ratio is one epoch of the trainer over
/// the mean of the plain loop's before and after. The trainer's time covers the whole epoch, from asking for the first batch on.
/// </remarks>
internal static class TrainerOverhead
{
    private const int Scenes = 80;

    public static void Run(BenchmarkOptions options)
    {
        var network = SegmentationNetworks.Get(options.Text("network", "sfnet-dfv1"));
        int crop = options.Number("crop", 256), batch = options.Number("batch", 4), rounds = options.Number("rounds", 6);
        int height = options.Number("height", 360), width = options.Number("width", 480), threads = options.Number("threads", 1);
        TorchNative.EnsureLoaded();
        TorchNative.TuneAllocator();
        set_num_threads(threads);
        random.manual_seed(1);
        using var images = randn(batch, 3, crop, crop);
        using var labels = randint(0, DrawnScenes.Labels.ClassCount, [batch, crop, crop], ScalarType.Int64);
        using var plain = new TorchSharpLoop(network, DrawnScenes.Labels.ClassCount, images, labels);
        var turns = new Turns(plain, Scenes / batch);
        string data = Directory.CreateTempSubdirectory("semanticflow-trainer-").FullName;
        try
        {
            DrawnScenes.Write(data, Scenes, height, width);
            var ml = new MLContext(seed: 1);
            var trainer = ml.SemanticSegmentation.Trainers.SemanticFlow(new SemanticFlowTrainerOptions
            {
                Network = network,
                Epochs = rounds + 1,
                BatchSize = batch,
                CropHeight = crop,
                CropWidth = crop,
                Execution = new() { CacheMegabytes = 0, Precision = TrainingPrecision.Float32, Threads = threads, LoaderThreads = 1 },
                Loss = new CrossEntropyLoss(),
                Progress = turns,
            });
            using var model = ml.Transforms.SemanticFlow().LoadImagesAndMasks(DrawnScenes.Labels).Append(trainer)
                .Fit(ml.SemanticSegmentation.Data.Folder(DrawnScenes.Images(data), DrawnScenes.Masks(data)));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        turns.Print(string.Create(CultureInfo.InvariantCulture,
            $"{network.Id}, crop {crop}, batch {batch}, {threads} arithmetic threads and 1 loader, PNG files of {height} x {width}, {rounds} epochs of {Scenes / batch} steps"));
    }

    /// <summary>Runs the plain loop after each epoch of the trainer.</summary>
    private sealed class Turns(IStepLoop plain, int steps) : IProgress<TrainingProgress>
    {
        private readonly List<StepSeconds> _plain = [];
        private readonly List<StepSeconds> _trainer = [];
        private readonly Stopwatch _clock = new();
        private TimeSpan _cpu;

        public void Report(TrainingProgress value)
        {
            if (value.Phase != TrainingPhase.Epoch)
                return;
            using var process = Process.GetCurrentProcess();
            if (_clock.IsRunning)      // the first epoch warms up
                _trainer.Add(new StepSeconds(_clock.Elapsed.TotalSeconds / steps, (process.TotalProcessorTime - _cpu).TotalSeconds / steps));
            for (int i = 0; i < 3 && _plain.Count == 0; i++)
                plain.Step();
            StepSeconds[] own = [.. Enumerable.Range(0, steps).Select(_ => plain.Step())];
            _plain.Add(new StepSeconds(own.Average(step => step.Wall), own.Average(step => step.Cpu)));
            process.Refresh();
            _cpu = process.TotalProcessorTime;
            _clock.Restart();
        }

        public void Print(string what)
        {
            Console.WriteLine($"{what}; medians");
            Console.WriteLine();
            Console.WriteLine("| loop | wall s a step | CPU s a step | wall ratio | CPU ratio |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            Row(plain.Name, _plain, 1, 1);
            Row("trainer, float32, PNG files", _trainer, Ratio(step => step.Wall), Ratio(step => step.Cpu));
        }

        private static void Row(string name, List<StepSeconds> steps, double wall, double cpu) => Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {Median.Of(steps.Select(s => s.Wall)):f3} | {Median.Of(steps.Select(s => s.Cpu)):f3} | {wall:f3} | {cpu:f3} |"));

        private double Ratio(Func<StepSeconds, double> of) =>
            Median.Of(_trainer.Select((step, i) => of(step) / ((of(_plain[i]) + of(_plain[i + 1])) / 2)));
    }
}
