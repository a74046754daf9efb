// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.IO.Compression;
using Microsoft.ML.Data;
using Microsoft.ML.SemanticFlow.Testing;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Contracts;

/// <summary>Saved pipelines that are damaged: ML.NET opens them, and what our part refuses arrives inside of its exception.</summary>
[TestClass]
public sealed class PipelineContractTests
{
    private static readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Load_DamagedPipeline_ThrowsInvalidDataWithinMlNets()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["model.onnx"], BrightestChannelModel.ToBytes());
        var data = _ml.Data.LoadFromEnumerable(new[] { new ImageRow() });
        using var scorer = _ml.Transforms.SemanticFlow(folder["model.onnx"], inference: new InferenceOptions { Scales = [1, 2] }).Fit(data);
        byte[] pipeline = Saved(scorer, data.Schema);
        int scales = pipeline.AsSpan().IndexOf((ReadOnlySpan<byte>)[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F]);     // two, the first of them 1
        int length = pipeline.AsSpan().IndexOf(BitConverter.GetBytes(scorer.Model.Bytes.Length));

        foreach (var (at, value) in ((int, int)[])[(scales, int.MaxValue), (scales, -1), (scales, 0), (length, int.MaxValue), (length, -1), (length, 5)])
        {
            byte[] damaged = [.. pipeline];
            BitConverter.GetBytes(value).CopyTo(damaged, at);
            using var stream = new MemoryStream(damaged);
            long before = GC.GetAllocatedBytesForCurrentThread();

            var thrown = Assert.Throws<Exception>(() => _ml.Model.Load(stream, out _));

            Assert.IsInstanceOfType<InvalidDataException>(thrown.InnerException, $"{value} at {at}: {thrown}");
            Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [TestMethod]
    public void Load_PipelineWithoutItsPayload_ThrowsInvalidDataWithinMlNets()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["model.onnx"], BrightestChannelModel.ToBytes());
        var data = _ml.Data.LoadFromEnumerable(new[] { new ImageRow() });
        using var scorer = _ml.Transforms.SemanticFlow(folder["model.onnx"]).Fit(data);
        byte[] pipeline = Saved(scorer, data.Schema);
        foreach (int kept in (int[])[0, 3, 4, 20])
        {
            using var cut = new MemoryStream();
            using (var from = new ZipArchive(new MemoryStream(pipeline)))
            using (var to = new ZipArchive(cut, ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (var entry in from.Entries)
                {
                    using var source = entry.Open();
                    using var target = to.CreateEntry(entry.FullName).Open();
                    if (entry.Name == "SemanticFlow.bin")
                        target.Write(new BinaryReader(source).ReadBytes(kept));
                    else
                        source.CopyTo(target);
                }
            }

            cut.Position = 0;
            var thrown = Assert.Throws<Exception>(() => _ml.Model.Load(cut, out _));

            Assert.IsInstanceOfType<InvalidDataException>(thrown.InnerException, $"{kept}: {thrown}");
        }
    }

    [TestMethod]
    public void Load_PipelineThatUnpacksToZeros_IsRefusedBeforeMemoryIsTaken()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["model.onnx"], BrightestChannelModel.ToBytes());
        var data = _ml.Data.LoadFromEnumerable(new[] { new ImageRow() });
        using var scorer = _ml.Transforms.SemanticFlow(folder["model.onnx"]).Fit(data);
        byte[] model = scorer.Model.Bytes, pipeline = Saved(scorer, data.Schema);
        using var bomb = new MemoryStream();
        using (var from = new ZipArchive(new MemoryStream(pipeline)))
        using (var to = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in from.Entries)
            {
                using var source = new MemoryStream();
                using (var opened = entry.Open())
                    opened.CopyTo(source);
                byte[] bytes = source.ToArray();
                using var target = to.CreateEntry(entry.FullName, CompressionLevel.Fastest).Open();
                if (bytes.AsSpan().IndexOf(model) is >= 0 and var start)
                {
                    // The model's length and 64 MB of zeros in its place.
                    bytes = [.. bytes[..(start - sizeof(int))], .. BitConverter.GetBytes(64 << 20), .. new byte[64 << 20]];
                }

                target.Write(bytes);
            }
        }

        bomb.Position = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();

        var thrown = Assert.Throws<Exception>(() => _ml.Model.Load(bomb, out _));

        StringAssert.Contains(thrown.InnerException!.Message, "is not an ONNX model");      // asserted by what it says
        Assert.IsLessThan(32 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // ML.NET writes its parts compressed: stored, a change reaches what is read.
    private static byte[] Saved(ITransformer model, DataViewSchema schema)
    {
        using var packed = new MemoryStream();
        _ml.Model.Save(model, schema, packed);
        packed.Position = 0;
        using var from = new ZipArchive(packed);
        using var stored = new MemoryStream();
        using (var to = new ZipArchive(stored, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in from.Entries)
            {
                using var source = entry.Open();
                using var target = to.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                source.CopyTo(target);
            }
        }

        return stored.ToArray();
    }

    private sealed class ImageRow
    {
        [ImageType(40, 50)]
        public MLImage? Image { get; set; }

        // ML.NET saves no schema of images alone.
        public string Name { get; set; } = "";
    }
}
