// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Reflection;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Labels;
using Microsoft.ML.SemanticFlow.Onnx;
using Microsoft.ML.SemanticFlow.Testing;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Fuzz;

/// <summary>The readers of foreign bytes, by the name of their folder in the corpus: each reads a file or throws <see cref="InvalidDataException"/>.</summary>
internal static class FuzzTargets
{
    private static readonly MLContext _context = new(seed: 1);

    private static readonly string _file = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"semanticflow-fuzz-{Environment.ProcessId}");

    public static IReadOnlyDictionary<string, Action<byte[]>> All { get; } = new Dictionary<string, Action<byte[]>>
    {
        ["image"] = bytes => ImageCodec.Decode(WithChecksums(bytes), "input", rent: true).Dispose(),
        ["label"] = bytes => MaskCodec.Load(WithChecksums(bytes), "input", Labels),
        ["pth"] = ReadTensors,
        ["safetensors"] = ReadTensors,
        ["onnx"] = bytes => ModelDescription.FromFile(bytes, "input"),
        ["csv"] = bytes => LabelMap.Parse("input", Csv.Decode(bytes, "input")),
        ["zip"] = LoadPipeline,
        ["labelme"] = bytes => Import("labelme", bytes),
        ["coco"] = bytes => Import("coco", bytes),
        ["cvat-xml"] = bytes => Import("cvat-xml", bytes),
        ["yolo"] = bytes => Import("yolo", bytes),
        ["supervisely"] = bytes => Import("supervisely", bytes),
        ["labelstudio"] = bytes => Import("labelstudio", bytes),
        ["cityscapes"] = bytes => Import("cityscapes", bytes),
        ["idd"] = bytes => Import("idd", bytes),
    };

    // A changed chunk would be refused by its checksum alone, and nothing behind it be tried.
    private static byte[] WithChecksums(byte[] bytes)
    {
        const int Overhead = 12;
        if (!bytes.AsSpan().StartsWith(PngIndexReader.Signature))
            return bytes;
        for (int at = PngIndexReader.Signature.Length; at + Overhead <= bytes.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > bytes.Length - at - Overhead)
                break;
            var typed = bytes.AsSpan(at + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 8 + (int)length), Crc32.Compute(typed));
            at += Overhead + (int)length;
        }

        return bytes;
    }

    // Made when it is first needed: instrumented code runs only under the fuzzer.
    private static LabelMap Labels => field ??= LabelMap.FromClassNames("three", "first", "second", "third");

    private static void ReadTensors(byte[] bytes)
    {
        File.WriteAllBytes(_file, bytes);
        try
        {
            using var scope = NewDisposeScope();
            using var file = TensorFormats.Open(_file);
            foreach (string name in file.Tensors.Keys)
                file.Read(name).Dispose();
        }
        finally
        {
            File.Delete(_file);
        }
    }

    // What the annotations lead to may not be there: that is an IOException, as for any file.
    private static void Import(string format, byte[] bytes)
    {
        var tree = TinyTree.Of(format);
        using var folder = new TemporaryFolder(Path.GetDirectoryName(_file));
        tree.Write(folder);
        File.WriteAllBytes(folder["in", tree.File], bytes);
        try
        {
            tree.Import(folder);
        }
        catch (IOException refused)
        {
            throw new InvalidDataException(refused.Message, refused);
        }
    }

    // ML.NET opens the archive, and throws what it will; what our part of it throws arrives inside of that.
    private static void LoadPipeline(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes);
            using var model = _context.Model.Load(stream, out _) as IDisposable;
        }
        catch (TargetInvocationException thrown) when (thrown.InnerException is InvalidDataException)
        {
        }
        catch (Exception thrown) when (!thrown.ToString().Contains("at Microsoft.ML.SemanticFlow.Transforms.", StringComparison.Ordinal))   // all of ours is called from there
        {
        }
    }
}
