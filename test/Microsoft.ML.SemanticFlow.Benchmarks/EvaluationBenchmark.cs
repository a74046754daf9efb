// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Counting and measuring of drawn street scenes, against NumPy's bincount, a plain double loop, the original's boundary F and decoding alone.</summary>
internal static class EvaluationBenchmark
{
    private const int Classes = 19;

    // The original's boundary F takes most of a minute.
    private const int RoundsOfRivals = 2;

    private static readonly LabelMap _labels = LabelMap.FromClassNames("street", [.. Enumerable.Range(0, Classes).Select(id => $"class {id}")]);

    public static void Run(BenchmarkOptions options)
    {
        int height = options.Number("height", 1024), width = options.Number("width", 2048), rounds = options.Number("rounds", 5), files = options.Number("files", 100);
        string python = options.Text("python", "/usr/bin/python3"), rival = Path.Combine(AppContext.BaseDirectory, "evaluation_rival.py");
        string folder = Directory.CreateTempSubdirectory("semanticflow-evaluation-").FullName;
        try
        {
            var scene = StreetScene.Draw(height, width, Classes, seed: 1);
            File.WriteAllBytes(Path.Combine(folder, "truth.u8"), scene.Truth);
            File.WriteAllBytes(Path.Combine(folder, "prediction.u8"), scene.Prediction);
            CountAndMeasure(scene, height, width, rounds, python, rival, folder);
            ReadFolder(folder, height, width, files, rounds);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void CountAndMeasure(StreetScene scene, int height, int width, int rounds, string python, string rival, string folder)
    {
        var ways = new (string Name, int Repeats, Action Work)[]
        {
            ("confusion matrix", 50, () => new SegmentationConfusionMatrix(_labels).Add(scene.Truth, scene.Prediction)),
            ("a plain double loop", 5, () => DoubleLoop(scene, height, width)),
            ("reading both masks", 200, () => Read(scene)),
            ("boundary F, one threshold", 1, () => Measure(scene, height, width, new SegmentationBoundaryOptions { Thresholds = [0.00375], TrimapWidths = [] })),
            ("boundaries, all defaults", 1, () => Measure(scene, height, width, new SegmentationBoundaryOptions())),
        };
        var times = ways.ToDictionary(way => way.Name, _ => new List<double>());
        foreach (var way in ways)
            way.Work(); // compiled
        for (int round = 0; round < rounds; round++)
        {
            foreach (var way in ways)
                times[way.Name].Add(Time(way.Work, way.Repeats));
            if (round >= RoundsOfRivals)
                continue;
            foreach (string line in RunRival(python, rival, folder, height, width))
            {
                string[] parts = line.Split('\t');
                if (!times.TryGetValue(parts[0], out var list))
                    times.Add(parts[0], list = []);
                list.Add(double.Parse(parts[1], CultureInfo.InvariantCulture));
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{height} x {width}, {Classes} classes, one thread, processor time, medians of {rounds} rounds in turns (Python's of {Math.Min(rounds, RoundsOfRivals)})"));
        Console.WriteLine("\n| ms | |\n| --- | ---: |");
        foreach (var (name, list) in times)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median.Of(list):f2} |"));
    }

    // Masks of a folder, read and counted as the tool does, against reading alone; with every processor.
    private static void ReadFolder(string folder, int height, int width, int files, int rounds)
    {
        string[] truths = new string[files], predictions = new string[files];
        Parallel.For(0, files, i =>
        {
            var scene = StreetScene.Draw(height, width, Classes, seed: 100 + i);
            (truths[i], predictions[i]) = (Path.Combine(folder, $"{i}-truth.png"), Path.Combine(folder, $"{i}-prediction.png"));
            new SegmentationMask(height, width, scene.Truth, _labels).Save(truths[i]);
            new SegmentationMask(height, width, scene.Prediction, _labels).Save(predictions[i]);
        });
        List<double> decoding = [], counting = [];
        for (int round = 0; round < rounds; round++)
        {
            decoding.Add(Time(() => Walk(null), repeats: 1));
            counting.Add(Time(() => Walk(new SegmentationEvaluation(_labels)), repeats: 1));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| decoding {2 * files} masks, {Environment.ProcessorCount} threads | {Median.Of(decoding):f0} |\n| decoding and counting them | {Median.Of(counting):f0} |\n\n" +
            $"ratio {Median.Of(counting.Zip(decoding, (both, alone) => both / alone)):f3}"));

        void Walk(SegmentationEvaluation? whole) => Parallel.For(
            0, files, () => whole is null ? null : new SegmentationEvaluation(_labels),
            (i, _, part) =>
            {
                SegmentationMask truth = SegmentationMask.Load(truths[i], _labels), prediction = SegmentationMask.Load(predictions[i], _labels);
                part?.Add(truth, prediction, truths[i]);
                return part;
            },
            part =>
            {
                if (part is null)
                    return;
                lock (whole!) // parts are made where it is there
                    whole.Add(part);
            });
    }

    private static void Measure(StreetScene scene, int height, int width, SegmentationBoundaryOptions options)
    {
        var evaluation = new SegmentationEvaluation(_labels, new SegmentationEvaluationOptions { Boundaries = options, KeepImages = false });
        evaluation.Add(new SegmentationMask(height, width, scene.Truth), new SegmentationMask(height, width, scene.Prediction));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as good as it gets from the first turn on
    private static long[,] DoubleLoop(StreetScene scene, int height, int width)
    {
        var counts = new long[Classes, Classes];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                byte truth = scene.Truth[y * width + x], prediction = scene.Prediction[y * width + x];
                if (truth < Classes && prediction < Classes)
                    counts[truth, prediction]++;
            }
        }

        return counts;
    }

    // What memory gives: every byte is loaded, and no more than sums made of it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Read(StreetScene scene)
    {
        Vector<ulong> sum = Vector<ulong>.Zero, other = Vector<ulong>.Zero;
        var truth = MemoryMarshal.Cast<byte, Vector<ulong>>(scene.Truth);
        var prediction = MemoryMarshal.Cast<byte, Vector<ulong>>(scene.Prediction);
        for (int i = 0; i < truth.Length && i < prediction.Length; i++)
        {
            sum += truth[i];
            other += prediction[i];
        }

        return Vector.Sum(sum + other);
    }

    // Time of processors, which other programs of the machine take less from than from the clock's.
    private static double Time(Action work, int repeats)
    {
        var start = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < repeats; i++)
            work();
        return (Environment.CpuUsage.TotalTime - start).TotalMilliseconds / repeats;
    }

    private static string[] RunRival(string python, string rival, string folder, int height, int width)
    {
        using var process = Process.Start(new ProcessStartInfo(python, [rival, folder, Invariant(height), Invariant(width), Invariant(Classes)])
        {
            RedirectStandardOutput = true,
            Environment = { ["OMP_NUM_THREADS"] = "1" },
        })!; // it is started, not handed to a shell
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"{python} {rival} ended with {process.ExitCode}; it needs NumPy and SciPy.");
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
}
