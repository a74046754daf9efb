// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.ML.SemanticFlow.Imaging;

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

    private static readonly LabelMap _labels = LabelMap.FromClassNames("drawn", "ground", "disk", "box");

    public static void Run(BenchmarkOptions options)
    {
        string network = options.Text("network", "sfnet-dfv1"), output = options.Text("output", ".");
        int steps = options.Number("steps", 2000), crop = options.Number("crop", 64), batch = options.Number("batch", 4);
        Directory.CreateDirectory(output);
        string data = Directory.CreateTempSubdirectory("semanticflow-soak-").FullName;
        try
        {
            Draw(data, crop);
            var rows = new List<MemoryRow>();
            using var stop = new CancellationTokenSource();
            Train(data, network, steps, crop, batch, new Watch(rows, steps, stop), stop.Token);
            string name = Path.Combine(output, $"soak-{network}");
            File.WriteAllText(name + ".csv", Csv(rows));
            File.WriteAllText(name + ".svg", MemoryPlot.Draw($"{network}, crops of {crop} x {crop}, batch {batch}, {steps} steps", rows));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}.csv, .svg: {rows[^1].Resident:f0} MiB resident, {rows[^1].Peak:f0} at the peak; {Slope(rows):+0.00;-0.00;0.00} MiB in 100 steps over the second half"));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static void Train(string data, string network, int steps, int crop, int batch, IProgress<TrainingProgress> watch, CancellationToken cancellation)
    {
        var ml = new MLContext(seed: 1);
        var paths = ml.SemanticSegmentation.Data.Folder(Path.Combine(data, "images"), Path.Combine(data, "labels"));
        var trainer = ml.SemanticSegmentation.Trainers.SemanticFlow(new SemanticFlowTrainerOptions
        {
            Network = SegmentationNetworks.Get(network),
            Epochs = steps / (Scenes / batch) + 1,
            BatchSize = batch,
            CropHeight = crop,
            CropWidth = crop,
            CacheMegabytes = 0,
            RunDirectory = Path.Combine(data, "run"),
            TensorBoard = true,
            ValidationSet = paths,
            ValidationInterval = 5,
            Progress = watch,
            CancellationToken = cancellation,
        });
        using var model = ml.Transforms.SemanticFlow().LoadImagesAndMasks(_labels).Append(trainer).Fit(paths);
    }

    // A disk or a box on noise, larger than the crop.
    private static void Draw(string data, int crop)
    {
        Directory.CreateDirectory(Path.Combine(data, "images"));
        Directory.CreateDirectory(Path.Combine(data, "labels"));
        int size = 2 * crop;
        for (int i = 0; i < Scenes; i++)
        {
            var random = new Random(i);
            var image = new PixelImage(size, size);
            var ids = new byte[size * size];
            var (row, column, radius, shape) = (random.Next(size), random.Next(size), random.Next(size / 8, size / 3), 1 + i % 2);
            for (int pixel = 0; pixel < ids.Length; pixel++)
            {
                var (dy, dx) = (pixel / size - row, pixel % size - column);
                bool inside = shape == 1 ? dy * dy + dx * dx < radius * radius : Math.Max(Math.Abs(dy), Math.Abs(dx)) < radius;
                ids[pixel] = (byte)(inside ? shape : 0);
                image.Bgra.AsSpan(pixel * 4, 4).Fill((byte)(inside ? 100 * shape : random.Next(60)));
                image.Bgra[pixel * 4 + 3] = 255;
            }

            ImageCodec.SavePng(image, Path.Combine(data, "images", $"{i:d3}.png"));
            new SegmentationMask(size, size, ids, _labels).Save(Path.Combine(data, "labels", $"{i:d3}.png"));
        }
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
