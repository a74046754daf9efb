// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Globalization;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Native;
using Microsoft.ML.SemanticFlow.Networks;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Scoring;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Our files against a plain export of the same network, on one thread, taking turns. One row a network, as Markdown.</summary>
/// <remarks>
/// The plain export is what PyTorch's exporter writes of the authors' code: normalised planes in, every layer by itself, corners aligned in
/// GridSample, scores enlarged to the image's size in the graph. Both start from decoded pixels and end with one class id a pixel. Times are
/// the processor's, for the machine may be doing other things; ratios are medians over the rounds.
/// </remarks>
internal static class ExportedGraphs
{
    private const int Classes = 19;

    private static readonly ExecutionOptions _oneThread = new() { IntraOpThreads = 1 };

    public static void Run(BenchmarkOptions options)
    {
        int height = options.Number("height", 512), width = options.Number("width", 1024), rounds = options.Number("rounds", 7);
        TorchNative.EnsureLoaded();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| network, {height} x {width} | plain export, CPU ms | fixed size | plain over it | any size | plain over it | int8, fixed size | plain over it |"));
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (string id in options.Text("network", "sfnet-lite-r18").Split(','))
        {
            using var network = SegmentationNetworks.Get(id).Create(Classes);
            WeightInitialization.HeNormal(network);
            network.eval();
            using var plain = Load(Plain(network, Describe(id), height, width), id);
            using var still = Load(OnnxExporter.Write(network, Describe(id), new OnnxExportOptions { Height = height, Width = width }), id);
            using var free = Load(OnnxExporter.Write(network, Describe(id), new OnnxExportOptions()), id);
            using var bytes = Int8.Of(still, _oneThread);
            var times = Measure([plain, still, free, bytes], ExportCheck.Draw(height, width), rounds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| `{id}` | {Median.Of(times[0]):f1} | {Median.Of(times[1]):f1} | {Ratio(1):f2} | {Median.Of(times[2]):f1} " +
                $"| {Ratio(2):f2} | {Median.Of(times[3]):f1} | {Ratio(3):f2} |"));

            double Ratio(int model) => Median.Of(times[0].Zip(times[model], (baseline, ours) => baseline / ours));
        }
    }

    private static List<double>[] Measure(SegmentationModel[] models, PixelImage image, int rounds)
    {
        var times = models.Select(_ => new List<double>()).ToArray();
        for (int round = -1; round < rounds; round++)       // the first warms up
        {
            for (int i = 0; i < models.Length; i++)
            {
                var start = Environment.CpuUsage.TotalTime;
                models[i].Predict(image);
                if (round >= 0)
                    times[i].Add((Environment.CpuUsage.TotalTime - start).TotalMilliseconds);
            }
        }

        return times;
    }

    private static byte[] Plain(SegmentationNetwork network, ModelDescription description, int height, int width)
    {
        var graph = new GraphBuilder(isPlain: true);
        var image = graph.NormalisedInput(OnnxSession.InputName, channels: 3, height, width);
        graph.Output(graph.ResizeLike(network.Emit(graph, image), image), OnnxSession.OutputName, atImageSize: true);
        return graph.ToBytes((description with { Form = OnnxForm.Logits, Height = height, Width = width }).ToMetadata());
    }

    private static SegmentationModel Load(byte[] bytes, string id) => SegmentationModel.FromBytes(bytes, id, _oneThread);

    private static ModelDescription Describe(string id) => new()
    {
        Network = id,
        Form = OnnxForm.Scoring,
        Labels = LabelMaps.Cityscapes,
        TrainingHeight = 512,
        TrainingWidth = 1024,
        WeightsSha256 = "",
    };
}
