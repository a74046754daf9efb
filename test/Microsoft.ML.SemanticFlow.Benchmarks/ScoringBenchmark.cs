// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Our scorer against ML.NET's own ONNX transform and an argmax, on the same network and image, taking turns.</summary>
/// <remarks>Both start from decoded pixels and end with one class id a pixel. Ratios of medians: the machine may be doing other things.</remarks>
internal static class ScoringBenchmark
{
    private const int Height = 512, Width = 1024, Classes = 19;

    public static void Run(string network, int turns)
    {
        string folder = Directory.CreateTempSubdirectory("semanticflow-").FullName;
        try
        {
            using var trained = SegmentationNetworks.Get(network).Create(Classes);
            var description = new ModelDescription
            {
                Network = network,
                Form = OnnxForm.Scoring,
                Labels = LabelMaps.Cityscapes,
                TrainingHeight = Height,
                TrainingWidth = Width,
                WeightsSha256 = "",
            };
            using var ours = SegmentationModel.FromBytes(
                OnnxExporter.Export(trained, description, new OnnxExportOptions { Height = Height, Width = Width }).Bytes, network, new ExecutionOptions { IntraOpThreads = 1 });
            using var free = SegmentationModel.FromBytes(
                OnnxExporter.Export(trained, description, new OnnxExportOptions()).Bytes, network, new ExecutionOptions { IntraOpThreads = 1 });
            string logits = Path.Combine(folder, "logits.onnx");
            File.WriteAllBytes(logits, OnnxExporter.Export(trained, description, new OnnxExportOptions { Form = OnnxForm.Logits, Height = Height, Width = Width }).Bytes);

            var image = ExportCheck.Draw(Height, Width);
            var normalization = new PixelNormalization(description.Mean, description.Std);
            var row = new Row();
            var ml = new MLContext();
            var stock = ml.Model.CreatePredictionEngine<Row, Scores>(
                ml.Transforms.ApplyOnnxModel("logits", "image", logits).Fit(ml.Data.LoadFromEnumerable([row])));
            var ids = new byte[Height * Width];
            (string Name, Action Score)[] scorers =
            [
                ("stock ApplyOnnxModel + argmax", () =>
                {
                    normalization.ToPlanes(image.Bgra, row.image);
                    FusedArgMax.Compute(stock.Predict(row).logits, Classes, Height, Width, ids, Height, Width);
                }),
                ("ours, fixed size", () => ours.Predict(image)),
                ("ours, free size", () => free.Predict(image)),
            ];

            var times = scorers.Select(_ => new List<double>()).ToArray();
            for (int turn = -2; turn < turns; turn++)
            {
                for (int i = 0; i < scorers.Length; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    scorers[i].Score();
                    if (turn >= 0)
                        times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{network}, {Height}x{Width}, one image, decoded pixels to ids, {Environment.ProcessorCount} cores; ours on one thread, stock on ML.NET's default"));
            double baseline = Median.Of(times[0]);
            for (int i = 0; i < scorers.Length; i++)
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{scorers[i].Name,-32} median {Median.Of(times[i]),8:F1} ms   best {times[i].Min(),8:F1} ms   {baseline / Median.Of(times[i]):F2} x the stock route"));
            ArgMax(ours, image);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The two ways of the fused argmax on this network's own logits.
    private static void ArgMax(SegmentationModel model, PixelImage image)
    {
        var (logits, height, width) = model.Scorer.RunLogits(image);
        var ids = new byte[Height * Width];
        List<double> dense = [], envelope = [];
        for (int turn = 0; turn < 30; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            FusedArgMax.Dense(logits, Classes, height, width, ids, Height, Width);
            dense.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            FusedArgMax.Envelope(logits, Classes, height, width, ids, Height, Width);
            envelope.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"argmax from {height}x{width}: dense {Median.Of(dense):F2} ms, envelope {Median.Of(envelope):F2} ms"));
    }

    private sealed class Row
    {
        [VectorType(3, Height, Width)]
        public float[] image = new float[3 * Height * Width];
    }

    private sealed class Scores
    {
        [VectorType(1, Classes, Height, Width)]
        public float[] logits = [];
    }
}
