// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Networks.Parts;
using Microsoft.ML.SemanticFlow.Training.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>One row a network, as Markdown: its size, how near it is to the authors' and its ONNX files to it, and how long an import takes.</summary>
/// <remarks>Weights and images are the golden data's formulas. Files to import are taken from a folder, by the network's id, or written for it.</remarks>
internal static class NetworkReport
{
    private static readonly (int Height, int Width)[] _sizes = [(128, 192), (97, 161), (512, 1024)];

    /// <param name="checkpoints">A folder with <c>ID.pth</c> for some networks; null to import safetensors files of the weights alone.</param>
    /// <param name="ids">Networks; none for all.</param>
    public static void Run(string? checkpoints, IReadOnlyList<string> ids)
    {
        TorchNative.EnsureLoaded();
        Console.WriteLine(
            "| id | parameters | entries | golden: largest difference, of float32's own error | " +
            $"{string.Join(" | ", _sizes.Select(size => $"ONNX {size.Height}x{size.Width}"))} | import s | file MiB |");
        Console.WriteLine($"| --- | ---: | ---: | ---: | {string.Concat(_sizes.Select(_ => "---: | "))}---: | ---: |");
        foreach (var info in ids.Count > 0 ? ids.Select(SegmentationNetworks.Get) : SegmentationNetworks.All)
        {
            using var network = GoldenNetwork.Create(info.Id);
            network.eval();
            var (difference, error) = FromOriginal(info.Id);
            var onnx = FromNetwork(network, info.Id);
            var (seconds, bytes) = Import(network, info, checkpoints);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| `{info.Id}` | {network.parameters().Sum(parameter => parameter.numel())} | {network.state_dict().Count} | {difference:g2}, {difference / error:f1} x | " +
                $"{string.Join(" | ", onnx.Select(share => share.ToString("g2", CultureInfo.InvariantCulture)))} | {seconds:f1} | {bytes / (double)(1 << 20):f0} |"));
        }
    }

    // The largest difference over all cases, and float32's own error in that case.
    private static (double Difference, double Error) FromOriginal(string id)
    {
        (double Difference, double Error) worst = (0, 1);
        foreach (var expected in OriginalNetwork.CasesOf(id))
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            using var network = GoldenNetwork.Create(id, classes: expected.Classes);
            network.eval();
            float[] logits = network.call(GoldenNetwork.Images("input", expected.Batch, expected.Height, expected.Width)).data<float>().ToArray();
            double difference = expected.Logits.Select((value, i) => Math.Abs((double)value - logits[i * expected.Stride])).Max();
            if (difference / expected.Float32Error > worst.Difference / worst.Error)
                worst = (difference, expected.Float32Error);
        }

        return worst;
    }

    // The largest difference at each size as a share of the logits' range, over both forms at free and fixed size.
    private static double[] FromNetwork(SegmentationNetwork network, string id)
    {
        SegmentationModel[] free = [.. Enum.GetValues<OnnxForm>().Select(form => Model(network, id, new OnnxExportOptions { Form = form }))];
        try
        {
            return [.. _sizes.Select(size =>
            {
                var fixedSize = Enum.GetValues<OnnxForm>().Select(form => Model(network, id, new OnnxExportOptions { Form = form, Height = size.Height, Width = size.Width }));
                using var scope = NewDisposeScope();
                using var inference = inference_mode();
                var main = network.Predict(GoldenNetwork.Images("input", 1, size.Height, size.Width)).Main;
                float[] scoring = main.data<float>().ToArray(), logits = Warp.Resize(main, [size.Height, size.Width]).data<float>().ToArray();
                var image = GoldenNetwork.Image(size.Height, size.Width);
                return free.Concat(fixedSize).Max(model =>
                {
                    var figures = ExportCheck.Compare(model.Form == OnnxForm.Scoring ? scoring : logits, model, image);
                    if (model.Height is not null)
                        model.Dispose();
                    return figures.LargestLogitDifference / figures.LogitRange;
                });
            })];
        }
        finally
        {
            foreach (var model in free)
                model.Dispose();
        }
    }

    private static SegmentationModel Model(SegmentationNetwork network, string id, OnnxExportOptions options) =>
        SegmentationModel.FromBytes(OnnxExporter.Write(network, GoldenNetwork.Describe(id), options), id);

    // From the file to the checked model, as users call it.
    private static (double Seconds, long Bytes) Import(SegmentationNetwork network, SegmentationNetworkInfo info, string? checkpoints)
    {
        string folder = Directory.CreateTempSubdirectory("semanticflow-").FullName;
        try
        {
            string path = Path.Combine(checkpoints ?? folder, info.Id + ".pth");
            if (!File.Exists(path))
            {
                path = Path.Combine(folder, info.Id + ".safetensors");
                AtomicFile.Write(path, stream => SafeTensors.Write(stream, network.state_dict(), new Dictionary<string, string>()));
            }

            long start = Stopwatch.GetTimestamp();
            using var imported = new MLContext().SemanticSegmentation.ImportCheckpoint(path, new CheckpointImportOptions { Network = info, Labels = LabelMaps.Cityscapes });
            return (Stopwatch.GetElapsedTime(start).TotalSeconds, new FileInfo(path).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
