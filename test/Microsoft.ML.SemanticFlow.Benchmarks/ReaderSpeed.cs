// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using SkiaSharp;

namespace Microsoft.ML.SemanticFlow.Benchmarks;

/// <summary>Rows a second through the readers of data sets against ML.NET's LoadImages over the same files; and a look at a data set against decoding it alone.</summary>
internal static class ReaderSpeed
{
    private static readonly TimeSpan _least = TimeSpan.FromSeconds(0.5);

    /// <summary>One data set: its images and masks by our reader, its images alone by the stock one, one cursor each, in turns.</summary>
    public static void Run(BenchmarkOptions options)
    {
        var dataset = SegmentationDatasets.Get(options.Text("kind", "camvid"));
        string root = options.Text("data", "camvid");
        var context = new MLContext(1);
        var paths = context.SemanticSegmentation.Data.Load(dataset, root, DatasetSplit.Train);
        var ours = context.Transforms.SemanticFlow().LoadImagesAndMasks().Fit(paths).Transform(paths);
        var stock = context.Transforms.LoadImages("Image", null, "ImagePath").Fit(paths).Transform(paths);
        double[] withMasks = new double[options.Number("rounds", 5)], imagesAlone = new double[withMasks.Length];
        for (int round = 0; round < withMasks.Length; round++)
        {
            withMasks[round] = RowsASecond(ours, "Label");
            imagesAlone[round] = RowsASecond(stock, mask: null);
        }

        double us = Median.Of(withMasks), them = Median.Of(imagesAlone);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {dataset.Id} | {us:f0} | {them:f0} | {us / them:f2} |"));
    }

    /// <summary>A data set of linked files: Inspect, and decoding alone on as many cores, in turns.</summary>
    public static void Inspect(BenchmarkOptions options)
    {
        int files = options.Number("files", 1000), rounds = options.Number("rounds", 3), height = options.Number("height", 1024), width = options.Number("width", 2048);
        string folder = Directory.CreateTempSubdirectory("semanticflow-look-").FullName;
        try
        {
            string[] names = Write(folder, files, height, width);
            var context = new MLContext(1);
            double[] looking = new double[rounds], decoding = new double[rounds];
            for (int round = 0; round < rounds; round++)
            {
                var clock = Stopwatch.StartNew();
                Parallel.ForEach(names, name =>
                {
                    using var image = ImageCodec.Decode(Path.Combine(folder, "train", "images", name + ".jpg"), rent: true);
                    PngIndexReader.Read(Path.Combine(folder, "train", "labels", name + ".png"));
                });
                decoding[round] = clock.Elapsed.TotalSeconds;
                clock.Restart();
                var found = context.SemanticSegmentation.Data.Inspect(SegmentationDatasets.Folder, folder);
                looking[round] = clock.Elapsed.TotalSeconds;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"decoding {decoding[round]:f1} s, a look {looking[round]:f1} s, ratio {looking[round] / decoding[round]:f2}, {found.Findings.Count} findings"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{files} pairs of {height} x {width}: median ratio {Median.Of(looking.Zip(decoding, (look, decode) => look / decode)):f2}, " +
                $"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double RowsASecond(IDataView view, string? mask)
    {
        long rows = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < _least)
        {
            using var cursor = view.GetRowCursor(view.Schema.Where(column => column.Name is "Image" or "Label"));
            var getImage = cursor.GetGetter<MLImage>(view.Schema["Image"]);
            var getMask = mask is null ? null : cursor.GetGetter<SegmentationMask>(view.Schema[mask]);
            MLImage? image = null;
            SegmentationMask? labels = null;
            for (; cursor.MoveNext(); rows++)
            {
                getImage(ref image!); // getters set them
                getMask?.Invoke(ref labels!);
            }

            image?.Dispose();
        }

        return rows / clock.Elapsed.TotalSeconds;
    }

    // A few drawn scenes, each under many names: a file is decoded anew under each.
    private static string[] Write(string folder, int files, int height, int width)
    {
        const int Scenes = 20;
        string drawn = Path.Combine(folder, ".drawn");
        DrawnScenes.Write(drawn, Scenes, height, width);
        string images = Directory.CreateDirectory(Path.Combine(folder, "train", "images")).FullName;
        string labels = Directory.CreateDirectory(Path.Combine(folder, "train", "labels")).FullName;
        File.WriteAllText(Path.Combine(folder, "classes.csv"), DrawnScenes.Labels.ToCsv());
        for (int scene = 0; scene < Scenes; scene++)
        {
            using var bitmap = SKBitmap.Decode(Path.Combine(DrawnScenes.Images(drawn), $"{scene:d3}.png"));
            using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 85);
            File.WriteAllBytes(Path.Combine(drawn, $"{scene:d3}.jpg"), jpeg.ToArray());
        }

        string[] names = [.. Enumerable.Range(0, files).Select(i => $"{i:d6}")];
        for (int i = 0; i < files; i++)
        {
            File.CreateSymbolicLink(Path.Combine(images, names[i] + ".jpg"), Path.Combine(drawn, $"{i % Scenes:d3}.jpg"));
            File.CreateSymbolicLink(Path.Combine(labels, names[i] + ".png"), Path.Combine(DrawnScenes.Masks(drawn), $"{i % Scenes:d3}.png"));
        }

        return names;
    }
}
