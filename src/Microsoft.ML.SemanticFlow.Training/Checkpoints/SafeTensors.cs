// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text.Json;
using static TorchSharp.torch;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>A safetensors file: open for reading, and how one is written.</summary>
internal sealed class SafeTensors : TensorFile
{
    private const int Alignment = 8;

    private readonly FileStream _stream;
    private readonly SafeTensorsHeader _header;

    /// <summary>Checks the header of a file and takes the stream over.</summary>
    /// <exception cref="InvalidDataException">It is not a whole safetensors file.</exception>
    public SafeTensors(FileStream stream, string source)
    {
        (_stream, _header) = (stream, SafeTensorsHeader.Read(stream, stream.Length, source));
        Tensors = _header.Entries.ToDictionary(pair => pair.Key, pair => pair.Value.Tensor);
    }

    /// <summary>Opens a file that must be of this kind.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is not a whole safetensors file.</exception>
    public static SafeTensors Open(string path)
    {
        var stream = RegularFile.OpenRead(path, TensorFile.ReadAhead);
        try
        {
            return new SafeTensors(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public override IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    public override IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    public override string Format => "safetensors";

    public override Tensor Read(string name)
    {
        var entry = _header.Entries[name];
        var result = empty([.. entry.Tensor.Shape], entry.Tensor.Type);
        _stream.Position = _header.DataStart + entry.Begin;
        TensorBytes.Fill(result, _stream);
        return result;
    }

    protected override void Dispose(bool disposing) => _stream.Dispose();

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
            TensorBytes.Write(tensor.detach().cpu().contiguous(), stream);
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
                json.WriteStartObject(name);
                json.WriteString("dtype", ElementTypes.ToSafeTensors(tensor.dtype));
                json.WriteStartArray("shape");
                foreach (long size in tensor.shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.numel() * ElementTypes.SizeOf(tensor.dtype));
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
}
