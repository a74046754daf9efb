// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Export;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>A folder of image files to mask files: our scorer on every core against ML.NET's stock transforms, and against the parts alone.</summary>
/// <remarks>
/// Stock is LoadImages, ResizeImages, ExtractPixels and ApplyOnnxModel on float logits of full size, then our own argmax and mask writer, which
/// flatter it. Its resizing is nearest neighbour, and its masks are of the network's size; ours are of the image's, four times the pixels.
/// The parts alone are decoding on all cores and the network on all cores: overlapped perfectly on the same cores, they take their sum.
/// </remarks>
internal static class FolderScoring
{
    private const int Height = 512, Width = 1024, Classes = 19;

    public static void Run(BenchmarkOptions options)
    {
        var network = SegmentationNetworks.Get(options.Text("network", "sfnet-dfv1"));
        int files = options.Number("files", 50), rounds = options.Number("rounds", 3);
        string kind = options.Text("kind", "png"), only = options.Text("only", "");
        string folder = Directory.CreateTempSubdirectory("semanticflow-folder-").FullName;
        try
        {
            string source = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
            string[] images = Draw(source, files, kind);
            string masks = Directory.CreateDirectory(Path.Combine(folder, "masks")).FullName;
            (string logits, string scoring) = Export(network, folder);
            var oneThread = new ExecutionOptions { IntraOpThreads = 1 };
            using var ours = SegmentationModel.Load(scoring, oneThread);
            using var bytes = Int8.Of(ours, oneThread);
            using var reduced = ours.OpenSession(oneThread with { ReducedDecoding = true });
            using var ahead = new ViewScoring(scoring, source, new ExecutionOptions());
            using var list = new ViewScoring(scoring, images, new ExecutionOptions());
            using var oneByOne = new ViewScoring(scoring, source, new ExecutionOptions { MaxDegreeOfParallelism = 1 });
            var parts = new PixelImage[images.Length];
            (string Name, Action Score)[] routes =
            [
                ("stock transforms", () => Stock(images, logits, masks)),
                ("ours", () => OnAllCores(images.Length, i => ours.Predict(images[i]).Save(MaskOf(images[i], masks), MaskIds.Train))),
                ("ours in int8", () => OnAllCores(images.Length, i => bytes.Predict(images[i]).Save(MaskOf(images[i], masks), MaskIds.Train))),
                ("ours, reduced decoding", () => OnAllCores(images.Length, i => reduced.Predict(images[i]).Save(MaskOf(images[i], masks), MaskIds.Train))),
                ("ours over IDataView", () => ahead.Run(path => MaskOf(path, masks))),
                ("ours over IDataView of a list", () => list.Run(path => MaskOf(path, masks))),
                ("ours over IDataView, one row at a time", () => oneByOne.Run(path => MaskOf(path, masks))),
                ("decoding alone", () => OnAllCores(images.Length, i => parts[i % 4] = ImageCodec.Decode(images[i]))),
                ("resizing and network alone", () => OnAllCores(images.Length, i => ours.Predict(parts[i % 4]))),
                ("resizing and network in int8 alone", () => OnAllCores(images.Length, i => bytes.Predict(parts[i % 4]))),
            ];
            if (only.Length > 0)
                routes = [.. routes.Where(route => route.Name.StartsWith(only, StringComparison.Ordinal))];

            List<double>[] times = [.. routes.Select(_ => new List<double>())];
            for (int round = -1; round < rounds; round++)      // the first warms up
                for (int i = 0; i < routes.Length; i++)
                {
                    long start = Stopwatch.GetTimestamp();
                    routes[i].Score();
                    if (round >= 0)
                        times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / images.Length);
                }

            using var process = Process.GetCurrentProcess();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{network.Id} at {Height} x {Width}, {files} {kind} files of {2 * Height} x {2 * Width}, {Environment.ProcessorCount} cores, {rounds} rounds; medians; " +
                $"peak memory {process.PeakWorkingSet64 / 1048576.0:f0} MiB"));
            Console.WriteLine();
            Console.WriteLine("| route | ms an image | stock over it |");
            Console.WriteLine("| --- | --- | --- |");
            foreach (var (route, own) in routes.Zip(times))
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {route.Name} | {Median.Of(own):f1} | {Median.Of(times[0].Zip(own, (stock, mine) => stock / mine)):f2} |"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void OnAllCores(int count, Action<int> work) =>
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, work);

    private static string MaskOf(string image, string masks) => Path.Combine(masks, Path.GetFileNameWithoutExtension(image) + ".png");

    private static void Stock(string[] images, string model, string masks)
    {
        var ml = new MLContext();
        var rows = ml.Data.LoadFromEnumerable(images.Select(path => new ImagePath { Path = path }));
        var scored = ml.Transforms.LoadImages("pixels", null, nameof(ImagePath.Path))
            .Append(ml.Transforms.ResizeImages("pixels", Width, Height, resizing: ImageResizingEstimator.ResizingKind.Fill))
            .Append(ml.Transforms.ExtractPixels("image", "pixels", offsetImage: 127.5f, scaleImage: 1 / 57.4f))
            .Append(ml.Transforms.ApplyOnnxModel("logits", "image", model))
            .Fit(rows).Transform(rows);
        using var cursor = scored.GetRowCursor([scored.Schema["logits"], scored.Schema[nameof(ImagePath.Path)]]);
        var getLogits = cursor.GetGetter<VBuffer<float>>(scored.Schema["logits"]);
        var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(scored.Schema[nameof(ImagePath.Path)]);
        VBuffer<float> logits = default;
        ReadOnlyMemory<char> path = default;
        while (cursor.MoveNext())
        {
            getLogits(ref logits);
            getPath(ref path);
            byte[] ids = new byte[Height * Width];
            FusedArgMax.Compute(logits.GetValues(), Classes, Height, Width, ids, Height, Width);
            new SegmentationMask(Height, Width, ids, LabelMaps.Cityscapes).Save(MaskOf(path.ToString(), masks), MaskIds.Train);
        }
    }

    private static (string Logits, string Scoring) Export(SegmentationNetworkInfo network, string folder)
    {
        TorchSharp.torch.random.manual_seed(1);
        using var trained = network.Create(Classes);
        Networks.WeightInitialization.HeNormal(trained);
        string Write(OnnxForm form)
        {
            var description = new ModelDescription
            {
                Network = network.Id,
                Form = form,
                Labels = LabelMaps.Cityscapes,
                TrainingHeight = Height,
                TrainingWidth = Width,
                WeightsSha256 = "",
            };
            string path = Path.Combine(folder, $"{form}.onnx");
            File.WriteAllBytes(path, OnnxExporter.Export(trained, description, new OnnxExportOptions { Form = form, Height = Height, Width = Width }).Bytes);
            return path;
        }

        return (Write(OnnxForm.Logits), Write(OnnxForm.Scoring));
    }

    // Gradients and blocks under grain: noise alone would not compress, and shapes alone would decode in no time.
    private static string[] Draw(string folder, int files, string kind)
    {
        var image = ExportCheck.Draw(2 * Height, 2 * Width);
        using var pixels = SKImage.FromPixelCopy(new SKImageInfo(image.Width, image.Height, SKColorType.Bgra8888, SKAlphaType.Opaque), image.Bgra);
        using var encoded = pixels.Encode(kind == "png" ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 90);
        byte[] bytes = encoded.ToArray();
        string[] paths = [.. Enumerable.Range(0, files).Select(i => Path.Combine(folder, $"{i:d3}.{kind}"))];
        foreach (string path in paths)
            File.WriteAllBytes(path, bytes);
        return paths;
    }

    /// <summary>LoadImages and our transform, read by one cursor.</summary>
    private sealed class ViewScoring : IDisposable
    {
        private readonly TransformerChain<SemanticFlowTransformer> _model;
        private readonly IDataView _scored;

        public ViewScoring(string model, string folder, ExecutionOptions options)
            : this(model, new MLContext(), ml => ml.SemanticSegmentation.Data.Folder(folder), "ImagePath", options)
        {
        }

        public ViewScoring(string model, string[] images, ExecutionOptions options)
            : this(model, new MLContext(), ml => ml.Data.LoadFromEnumerable(images.Select(path => new ImagePath { Path = path }).ToArray()), nameof(ImagePath.Path), options)
        {
        }

        private ViewScoring(string model, MLContext ml, Func<MLContext, IDataView> read, string column, ExecutionOptions options)
        {
            var rows = read(ml);
            PathColumn = column;
            _model = ml.Transforms.LoadImages("Image", null, column).Append(ml.Transforms.SemanticFlow(model, execution: options)).Fit(rows);
            _scored = _model.Transform(rows);
        }

        private string PathColumn { get; }

        public void Run(Func<string, string> maskOf)
        {
            using var cursor = _scored.GetRowCursor([_scored.Schema[PathColumn], _scored.Schema["PredictedLabel"]]);
            var getPath = cursor.GetGetter<ReadOnlyMemory<char>>(_scored.Schema[PathColumn]);
            var getMask = cursor.GetGetter<SegmentationMask>(_scored.Schema["PredictedLabel"]);
            ReadOnlyMemory<char> path = default;
            SegmentationMask mask = null!; // a getter fills it
            while (cursor.MoveNext())
            {
                getPath(ref path);
                getMask(ref mask);
                mask.Save(maskOf(path.ToString()), MaskIds.Train);
            }
        }

        public void Dispose() => _model.Dispose();
    }

    private sealed class ImagePath
    {
        public string Path { get; set; } = "";
    }
}
