// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>A safetensors file open for reading. Tensors are read one at a time.</summary>
internal sealed class SafeTensors : IDisposable
{
    private const int Alignment = 8;

    private readonly FileStream _stream;
    private readonly SafeTensorsHeader _header;
    private readonly string _source;

    private SafeTensors(FileStream stream, SafeTensorsHeader header, string source) => (_stream, _header, _source) = (stream, header, source);

    public IReadOnlyDictionary<string, SafeTensorsEntry> Entries => _header.Entries;

    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is not a whole safetensors file.</exception>
    public static SafeTensors Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            return new SafeTensors(stream, SafeTensorsHeader.Read(stream, stream.Length, path), path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads one tensor into the memory of the processor.</summary>
    public Tensor Read(string name)
    {
        var entry = _header.Entries[name];
        var result = empty(entry.Shape, TypeOf(entry.Type) ?? throw new InvalidDataException($"{_source}: tensor '{name}' has the type {entry.Type}, which libtorch has no tensor for."));
        if (entry.End > entry.Begin)
        {
            _stream.Position = _header.DataStart + entry.Begin;
            _stream.ReadExactly(result.bytes);
        }

        return result;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Writes a file: names in ordinal order, so the same tensors give the same bytes.</summary>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var sorted = tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        var header = WriteHeader(sorted, metadata);
        stream.Write(BitConverter.GetBytes((ulong)header.Length));
        stream.Write(header);
        foreach (var (_, tensor) in sorted)
        {
            using var scope = NewDisposeScope();
            if (tensor.numel() > 0)
                stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    private static byte[] WriteHeader(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafeTensorsHeader.MetadataName);
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();

            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                string type = NameOf(tensor.dtype);
                json.WriteStartObject(name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (long size in tensor.shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.numel() * SafeTensorsHeader.ElementSize(type));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The format asks for a header that ends on a multiple of 8, filled with spaces.
        while (buffer.Length % Alignment != 0)
            buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static ScalarType? TypeOf(string name) => name switch
    {
        "F64" => ScalarType.Float64,
        "F32" => ScalarType.Float32,
        "F16" => ScalarType.Float16,
        "BF16" => ScalarType.BFloat16,
        "I64" => ScalarType.Int64,
        "I32" => ScalarType.Int32,
        "I16" => ScalarType.Int16,
        "I8" => ScalarType.Int8,
        "U8" => ScalarType.Byte,
        "BOOL" => ScalarType.Bool,
        _ => null,
    };

    public static string NameOf(ScalarType type) => type switch
    {
        ScalarType.Float64 => "F64",
        ScalarType.Float32 => "F32",
        ScalarType.Float16 => "F16",
        ScalarType.BFloat16 => "BF16",
        ScalarType.Int64 => "I64",
        ScalarType.Int32 => "I32",
        ScalarType.Int16 => "I16",
        ScalarType.Int8 => "I8",
        ScalarType.Byte => "U8",
        ScalarType.Bool => "BOOL",
        _ => throw new NotSupportedException($"The safetensors format has no name for the type {type}."),
    };
}
