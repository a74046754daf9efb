// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Reflection;
using Microsoft.ML.SemanticFlow.Checkpoints;
using Microsoft.ML.SemanticFlow.Data;
using Microsoft.ML.SemanticFlow.Imaging;
using Microsoft.ML.SemanticFlow.Labels;
using Microsoft.ML.SemanticFlow.Onnx;
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
        catch (Exception thrown) when (!thrown.ToString().Contains("at Microsoft.ML.SemanticFlow.", StringComparison.Ordinal))
        {
        }
    }
}
