// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Tool.Benchmarking;

namespace Microsoft.ML.SemanticFlow.Tool.Commands;

/// <summary><c>semanticflow benchmark</c>: how fast a model scores on this machine.</summary>
internal static class BenchmarkCommand
{
    public const string Name = "benchmark", Purpose = "Measure how fast a model scores on this machine.";

    private const int DefaultHeight = 512, DefaultWidth = 1024;
    private const int OperatorsShown = 12;

    public static CliCommand Create(Terminal terminal, CancellationToken cancellation)
    {
        var model = new Option<string>("--model")
        {
            Description = "Model: an exported ONNX file, a saved ML.NET zip, or the folder of a run.",
            Required = true,
            HelpName = "M|RUN_DIR",
        };
        var height = new Option<int?>("--height") { Description = $"Rows of the images; the model's own where it has a fixed size, else {DefaultHeight}.", HelpName = "H" };
        var width = new Option<int?>("--width") { Description = $"Columns of the images; the model's own where it has a fixed size, else {DefaultWidth}.", HelpName = "W" };
        var seconds = new Option<double>("--seconds") { Description = "How long each figure is measured.", HelpName = "S", DefaultValueFactory = _ => 5 };
        var workers = WorkersOption.Create("--batch");
        var gpu = GpuOption.Create();
        var profile = new Option<bool>("--profile") { Description = "Also tell which operators of the network the time goes to." };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };

        var command = new CliCommand(Name, Purpose) { model, height, width, seconds, workers, gpu, profile, json };
        command.SetAction(parsed =>
        {
            double time = parsed.GetValue(seconds);
            if (!(time > 0 && time <= 3600))
                throw new UsageException(FormattableString.Invariant($"--seconds must be above 0 and at most 3600, not {time}."));
            var (rows, columns) = (parsed.GetValue(height), parsed.GetValue(width));
            if (rows is null != columns is null || rows < 1 || columns < 1)
                throw new UsageException("Give --height and --width together, at least 1 each.");

            string folder = Directory.CreateTempSubdirectory("semanticflow-benchmark-").FullName;
            try
            {
                var result = CommandCancelledException.During(
                    () => Measure(
                        terminal, parsed.GetValue(model)!, rows, columns, TimeSpan.FromSeconds(time), WorkersOption.Read(parsed, workers), // the model is required
                        GpuOption.Read(parsed, gpu), parsed.GetValue(profile), folder, cancellation),
                    () => "Cancelled; what was measured until then is not written.");
                if (parsed.GetValue(json))
                    terminal.WriteJson(result);
                else
                    Write(terminal.Output, result);
                return ExitCode.Done;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static BenchmarkResult Measure(
        Terminal terminal, string path, int? height, int? width, TimeSpan time, int workers, int? gpu, bool profile, string folder, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using var one = ModelFile.Load(terminal, path, new ExecutionOptions { IntraOpThreads = 1, GpuDeviceId = gpu }, out _);
        double load = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var (rows, columns) = (height ?? one.Height ?? DefaultHeight, width ?? one.Width ?? DefaultWidth);
        using var image = Draw(rows, columns);
        string png = Path.Combine(folder, "image.png"), jpeg = Path.Combine(folder, "image.jpg");
        image.Save(png);
        image.Save(jpeg);

        start = Stopwatch.GetTimestamp();
        one.Predict(image, cancellationToken: cancellation);
        double first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        string onnx = Path.Combine(folder, "model.onnx");
        one.Save(onnx);
        using var all = SegmentationModel.Load(onnx, new ExecutionOptions { GpuDeviceId = gpu });
        var once = new InferenceOptions();
        double scale = one.Inference.Scales[0];
        Durations? oneThread = null, allThreads = null, unscaled = null;
        var throughput = new Dictionary<string, double>();
        using var mask = new ThreadLocal<string>(() => Path.Combine(folder, $"mask-{Environment.CurrentManagedThreadId}.png"));
        using var images = new ThreadLocal<MLImage>(() => Draw(rows, columns), trackAllValues: true); // an image is not shared between threads
        Action[] figures =
        [
            () => oneThread = Durations.Of(() => one.Predict(image), time, cancellation),
            () => allThreads = Durations.Of(() => all.Predict(image), time, cancellation),
            .. scale == 1 ? [] : new Action[] { () => unscaled = Durations.Of(() => one.Predict(image, once), time, cancellation) },
            () => throughput["decoded pixels to ids"] = Throughput.Of(() => one.Predict(images.Value!), workers, time, cancellation), // made above
            () => throughput["PNG files to mask files"] = Throughput.Of(() => one.Predict(png).Save(mask.Value!), workers, time, cancellation),
            () => throughput["JPEG files to mask files"] = Throughput.Of(() => one.Predict(jpeg).Save(mask.Value!), workers, time, cancellation),
        ];
        terminal.Track("measuring", figures.Length, done =>
        {
            foreach (var measure in figures)
            {
                measure();
                done();
            }
        });
        foreach (var drawn in images.Values)
            drawn.Dispose();
        return new BenchmarkResult(
            one.Network, OnnxFileOptions.Word(one.Form), PrecisionOptions.Word(one.Precision), rows, columns, Environment.ProcessorCount, workers,
            load, first, scale, oneThread!, allThreads!, unscaled, throughput, // all were measured
            profile ? OperatorProfile.Of(onnx, one.Height ?? rows, one.Width ?? columns, cancellation) : []);
    }

    private static void Write(TextWriter output, BenchmarkResult result)
    {
        string scaled = result.Scale == 1 ? "" : FormattableString.Invariant($" at {result.Scale} times the size");
        Line($"# {result.Network}, form {result.Form}, {result.Precision}, {result.Height} x {result.Width}{scaled}, {result.Processors} processors");
        Line($"");
        Line($"Loading {result.LoadMilliseconds:f0} ms, the first image {result.FirstImageMilliseconds:f0} ms.");
        Line($"");
        Line($"| one image at a time, ms | median | 90 % | 99 % | longest | images |");
        Line($"| --- | ---: | ---: | ---: | ---: | ---: |");
        Latency("one thread", result.OneThread);
        Latency("all threads", result.AllThreads);
        if (result.OneThreadUnscaled is { } unscaled)
            Latency("one thread, at the image's own size (--scales 1)", unscaled);
        Line($"");
        Line($"| {result.Workers} images at a time | images a second |");
        Line($"| --- | ---: |");
        foreach (var (name, speed) in result.ImagesPerSecond)
            Line($"| {name} | {speed:f1} |");
        if (result.Operators.Count == 0)
            return;

        double total = result.Operators.Sum(kind => kind.Milliseconds);
        Line($"");
        Line($"| operator | nodes | ms an image, one thread | share |");
        Line($"| --- | ---: | ---: | ---: |");
        foreach (var kind in result.Operators.Take(OperatorsShown))
            Line($"| {kind.Kind} | {kind.Nodes} | {kind.Milliseconds:f2} | {kind.Milliseconds / total:p1} |");
        Line($"| all {result.Operators.Count} kinds | {result.Operators.Sum(kind => kind.Nodes)} | {total:f2} | |");

        void Latency(string name, Durations times) =>
            Line($"| {name} | {times.Median:f1} | {times.Percentile90:f1} | {times.Percentile99:f1} | {times.Longest:f1} | {times.Count} |");

        void Line(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }

    // Gradients and blocks with some grain, so that files are neither tiny nor noise.
    private static MLImage Draw(int height, int width)
    {
        var random = new Random(1);
        byte[] bgra = new byte[checked(4 * height * width)];
        for (int i = 0; i < height * width; i++)
        {
            int row = i / width, column = i % width, grain = random.Next(8);
            for (int channel = 0; channel < 3; channel++)
                bgra[(4 * i) + channel] = (byte)((128 * column / width) + (((row / 32) + (column / 48) + channel) % 3 * 40) + grain);
            bgra[(4 * i) + 3] = 255;
        }

        return MLImage.CreateFromPixels(width, height, MLPixelFormat.Bgra32, bgra);
    }
}

/// <summary>What was measured.</summary>
internal sealed record BenchmarkResult(
    string Network, string Form, string Precision, int Height, int Width, int Processors, int Workers, double LoadMilliseconds, double FirstImageMilliseconds,
    double Scale, Durations OneThread, Durations AllThreads, Durations? OneThreadUnscaled,
    IReadOnlyDictionary<string, double> ImagesPerSecond, IReadOnlyList<OperatorTime> Operators);
