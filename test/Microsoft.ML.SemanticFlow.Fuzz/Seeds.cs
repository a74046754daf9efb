// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Fuzz;

/// <summary>Small files of every kind that the targets read, to start from.</summary>
internal static class Seeds
{
    public static void Write(string folder)
    {
        string Path(string target, string name) => System.IO.Path.Combine(Directory.CreateDirectory(System.IO.Path.Combine(folder, target)).FullName, name);

        using (var picture = new SKBitmap(new SKImageInfo(17, 13, SKColorType.Bgra8888, SKAlphaType.Opaque)))
        {
            for (int i = 0; i < 17 * 13; i++)
                picture.SetPixel(i % 17, i / 17, new SKColor((uint)(i * 2654435761) | 0xFF000000));
            foreach (var format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp])
            {
                using var encoded = picture.Encode(format, 50);
                File.WriteAllBytes(Path("image", $"{format}".ToLowerInvariant()), encoded.ToArray());
            }
        }

        File.WriteAllBytes(Path("image", "gif"), Convert.FromHexString("474946383961020002008000000000FFFFFF2C00000000020002000002028451003B"));
        File.WriteAllBytes(
            Path("image", "bmp"),
            [.. Convert.FromHexString("424D4600000000000000360000002800000002000000020000000100180000000000100000000000000000000000000000000000000000"), .. new byte[16]]);

        foreach (int depth in (int[])[1, 2, 4, 8, 16])
        {
            foreach (bool isInterlaced in (bool[])[false, true])
                File.WriteAllBytes(
                    Path("label", $"{depth}-{isInterlaced}".ToLowerInvariant()),
                    PngFiles.Indexed([.. Enumerable.Range(0, 99).Select(i => i % 2)], 9, 11, depth, isInterlaced: isInterlaced, filter: 5));
        }

        var description = BrightestChannelModel.Describe();
        File.WriteAllBytes(Path("onnx", "scoring"), BrightestChannelModel.ToBytes(description));
        File.WriteAllBytes(
            Path("onnx", "logits"), BrightestChannelModel.ToBytes(BrightestChannelModel.Describe(side: 64, form: OnnxForm.Logits) with { Precision = OnnxPrecision.Float16 }));
        File.WriteAllBytes(Path("onnx", "properties"), BentModels.WithProperties([new("other", "property")]));

        File.WriteAllText(Path("csv", "camvid"), LabelMaps.CamVid.ToCsv());
        File.WriteAllText(Path("csv", "quoted"), "\uFEFFname,raw_id,train_id,r,g,b\r\n\"a, \"\"b\"\"\n\",0,0,1,2,3\r\n c ,65535,1,255,255,255\r\nvoid,7,255,0,0,0\r\n");

        using (var scope = NewDisposeScope())
        {
            using var file = File.Create(Path("safetensors", "three"));
            var tensors = new Dictionary<string, Tensor> { ["a.weight"] = zeros(2, 3), ["b.count"] = tensor(7L), ["c"] = zeros(0, 4).to(bfloat16) };
            SafeTensors.Write(file, tensors, new Dictionary<string, string> { ["format"] = "pt" });
        }

        foreach (var tree in TinyTree.All.Where(tree => tree.Text is not null))
            File.WriteAllText(Path(tree.Format.Id, "car"), tree.Text);

        var context = new MLContext(seed: 1);
        var data = context.Data.LoadFromEnumerable([new ImageRow()]);
        var model = SegmentationModel.Load(BrightestChannelModel.ToBytes(description));
        string onnx = Path("zip", "model.onnx"), saved = Path("zip", "pipeline");
        model.Save(onnx);
        var scorer = context.Transforms.SemanticFlow(
            onnx, inference: new InferenceOptions { Scales = [0.5, 1], SlidingWindow = new SlidingWindow { Height = 32, Width = 32 } }, scoreColumnName: "Score").Fit(data);
        using (var packed = new MemoryStream())
        {
            context.Model.Save(scorer, data.Schema, packed);
            Store(packed, saved);
        }

        File.Delete(onnx);
    }

    // Uncompressed, so that a change of a byte is one of what is read.
    private static void Store(Stream packed, string path)
    {
        packed.Position = 0;
        using var from = new ZipArchive(packed);
        using var file = File.Create(path);
        using var to = new ZipArchive(file, ZipArchiveMode.Create);
        foreach (var entry in from.Entries)
        {
            using var read = entry.Open();
            using var write = to.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
            read.CopyTo(write);
        }
    }

    private sealed class ImageRow
    {
        [ImageType(40, 50)]
        public MLImage? Image { get; set; }

        // ML.NET saves no schema of images alone.
        public string Name { get; set; } = "";
    }
}
