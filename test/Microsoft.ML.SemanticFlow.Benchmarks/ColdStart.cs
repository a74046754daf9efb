// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>How long a process takes from its start to its first mask: with the library, and with nothing but ONNX Runtime and SkiaSharp.</summary>
internal static class ColdStart
{
    /// <summary>Starts both again and again, one after the other, and prints the medians of wall and processor time.</summary>
    public static void Run(BenchmarkOptions options)
    {
        string model = options.Text("model", "model.onnx"), image = options.Text("image", "image.png");
        string scale = options.Text("scale", "1");
        string folder = Directory.CreateTempSubdirectory("semanticflow-cold-").FullName;
        try
        {
            string[] kinds = ["nothing", "bare", "ours"];
            var wall = kinds.ToDictionary(kind => kind, _ => new List<double>());
            var work = kinds.ToDictionary(kind => kind, _ => new List<double>());
            for (int round = 0; round < options.Number("rounds", 9); round++)
            {
                foreach (string kind in kinds)
                {
                    long start = Stopwatch.GetTimestamp();
                    string[] words = ["cold-one", kind, model, image, Path.Combine(folder, $"{kind}.png"), scale];
                    using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, words) { RedirectStandardOutput = true })!; // a new process of this file
                    string said = process.StandardOutput.ReadToEnd();
                    process.WaitForExit();
                    if (process.ExitCode != 0)
                        throw new InvalidOperationException($"'{kind}' fails with exit code {process.ExitCode}.");
                    wall[kind].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    work[kind].Add(double.Parse(said, CultureInfo.InvariantCulture));
                }
            }

            Console.WriteLine("| a process | wall, ms | processor, ms |\n| --- | ---: | ---: |");
            foreach (string kind in kinds)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {kind} | {Median.Of(wall[kind]):f0} | {Median.Of(work[kind]):f0} |"));
            double ofWall = Median.Of(wall["ours"]) / Median.Of(wall["bare"]), ofWork = Median.Of(work["ours"]) / Median.Of(work["bare"]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours / bare: {ofWall:f2} of wall, {ofWork:f2} of processor time"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One mask; says how much processor time the process took for it.</summary>
    public static void One(string kind, string model, string image, string mask, double scale)
    {
        if (kind == "ours")
            Ours(model, image, mask, scale);
        else if (kind == "bare")
            Bare(model, image, mask, scale);
        Console.WriteLine(Environment.CpuUsage.TotalTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }

    private static void Ours(string model, string image, string mask, double scale)
    {
        using var segmenter = SegmentationModel.Load(model, new ExecutionOptions { IntraOpThreads = 1 });
        segmenter.Predict(image, new InferenceOptions { Scales = [scale] }).Save(mask);
    }

    // A file of form "scoring": blue, green, red, alpha as decoded. The mask is as small as the network's output, which flatters this side.
    private static void Bare(string model, string image, string mask, double scale)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        using var decoded = SKBitmap.Decode(image); // in Skia's own order, which is the file's on little-endian machines
        using var pixels = decoded.Resize(new SKSizeI((int)(scale * decoded.Width), (int)(scale * decoded.Height)), SKSamplingOptions.Default);
        using var input = OrtValue.CreateTensorValueFromMemory(pixels.Bytes, [1, pixels.Height, pixels.Width, 4]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, session.InputNames, [input], session.OutputNames);
        var logits = outputs[0].GetTensorDataAsSpan<float>();
        long[] shape = outputs[0].GetTensorTypeAndShape().Shape; // [1, K, h, w]
        int plane = (int)(shape[2] * shape[3]);
        byte[] ids = new byte[plane];
        for (int pixel = 0; pixel < plane; pixel++)
        {
            for (int id = 1; id < shape[1]; id++)
            {
                if (logits[(id * plane) + pixel] > logits[(ids[pixel] * plane) + pixel])
                    ids[pixel] = (byte)id;
            }
        }

        using var gray = new SKBitmap(new SKImageInfo((int)shape[3], (int)shape[2], SKColorType.Gray8));
        ids.CopyTo(gray.GetPixelSpan());
        using var file = File.Create(mask);
        gray.Encode(file, SKEncodedImageFormat.Png, 100);
    }
}
