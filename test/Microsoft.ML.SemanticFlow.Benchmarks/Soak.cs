// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>A long run of the trainer on drawn scenes, which shows whether memory stays flat.</summary>
/// <remarks>
/// The images are read anew each epoch, as those of a set larger than memory are, so that reading and augmenting are part of what is
/// watched. The first steps fill caches and pools: what counts is the slope after them.
/// </remarks>
internal static class Soak
{
    private const int StepsOfRow = 20;
    private const int Scenes = 40;

    public static void Run(BenchmarkOptions options)
    {
        string network = options.Text("network", "sfnet-dfv1"), output = options.Text("output", ".");
        int steps = options.Number("steps", 2000), crop = options.Number("crop", 64), batch = options.Number("batch", 4);
        Directory.CreateDirectory(output);
        string data = Directory.CreateTempSubdirectory("semanticflow-soak-").FullName;
        try
        {
            DrawnScenes.Write(data, Scenes, 2 * crop, 2 * crop);
            var rows = new List<MemoryRow>();
            using var stop = new CancellationTokenSource();
            Train(data, network, steps, crop, batch, new Watch(rows, steps, stop), stop.Token);
            string name = Path.Combine(output, $"soak-{network}");
            File.WriteAllText(name + ".csv", Csv(rows));
            File.WriteAllText(name + ".svg", MemoryPlot.Draw($"{network}, crops of {crop} x {crop}, batch {batch}, {steps} steps", rows));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}.csv, .svg: {rows[^1].Resident:f0} MiB resident, {rows[^1].Peak:f0} at the peak; {Slope(rows):+0.00;-0.00;0.00} MiB in 100 steps over the second half"));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static void Train(string data, string network, int steps, int crop, int batch, IProgress<TrainingProgress> watch, CancellationToken cancellation)
    {
        var ml = new MLContext(seed: 1);
        var paths = ml.SemanticSegmentation.Data.Folder(DrawnScenes.Images(data), DrawnScenes.Masks(data));
        var trainer = ml.SemanticSegmentation.Trainers.SemanticFlow(new SemanticFlowTrainerOptions
        {
            Network = SegmentationNetworks.Get(network),
            Epochs = steps / (Scenes / batch) + 1,
            BatchSize = batch,
            CropHeight = crop,
            CropWidth = crop,
            Execution = new() { CacheMegabytes = 0 },
            Run = new TrainingRun(Path.Combine(data, "run")) { TensorBoard = true },
            ValidationSet = paths,
            ValidationInterval = 5,
            Progress = watch,
            CancellationToken = cancellation,
        });
        using var model = ml.Transforms.SemanticFlow().LoadImagesAndMasks(DrawnScenes.Labels).Append(trainer).Fit(paths);
    }

    private static string Csv(List<MemoryRow> rows)
    {
        var text = new StringBuilder("step,seconds,resident_megabytes,peak_megabytes,managed_megabytes\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture, $"{row.Step},{row.Seconds:f1},{row.Resident:f1},{row.Peak:f1},{row.Managed:f1}\n");
        return text.ToString();
    }

    // Of the line of least squares through the second half, in MiB for 100 steps.
    private static double Slope(List<MemoryRow> rows)
    {
        var half = rows[(rows.Count / 2)..];
        double step = half.Average(row => row.Step), resident = half.Average(row => row.Resident);
        double spread = half.Sum(row => (row.Step - step) * (row.Step - step));
        return spread == 0 ? 0 : 100 * half.Sum(row => (row.Step - step) * (row.Resident - resident)) / spread;
    }

    private sealed class Watch(List<MemoryRow> rows, int steps, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private int _step;

        public void Report(TrainingProgress value)
        {
            if (value.Phase != TrainingPhase.Step)
                return;
            if (++_step % StepsOfRow == 0 || _step == steps)
                rows.Add(MemoryRow.Now(_step, _clock.Elapsed.TotalSeconds));
            if (_step == steps)
                stop.Cancel();
        }
    }
}

/// <summary>Memory of this process at a step, in MiB.</summary>
internal readonly record struct MemoryRow(int Step, double Seconds, double Resident, double Peak, double Managed)
{
    private const double Megabyte = 1 << 20;

    public static MemoryRow Now(int step, double seconds)
    {
        using var process = Process.GetCurrentProcess();
        return new MemoryRow(step, seconds, process.WorkingSet64 / Megabyte, process.PeakWorkingSet64 / Megabyte, GC.GetTotalMemory(forceFullCollection: false) / Megabyte);
    }
}
