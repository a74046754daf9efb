// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Text.Json;

namespace Microsoft.ML.SemanticFlow.Checkpoints;

/// <summary>One tensor of a safetensors file, and where its bytes lie behind the header.</summary>
internal sealed record SafeTensorsEntry(TensorEntry Tensor, long Begin, long End);

/// <summary>The header of a safetensors file, read with every check that the format's own reader makes.</summary>
/// <remarks>
/// Eight bytes: the length n of the header, little-endian. n bytes of JSON, from name to <c>dtype</c>, <c>shape</c> and
/// <c>data_offsets</c>; under <c>__metadata__</c> a table of text. Then the tensors' bytes, without a gap and without overlap.
/// </remarks>
internal sealed class SafeTensorsHeader
{
    public const string MetadataName = "__metadata__";

    private const long LongestHeader = 100_000_000;

    private SafeTensorsHeader(IReadOnlyDictionary<string, SafeTensorsEntry> entries, IReadOnlyDictionary<string, string> metadata, long dataStart) =>
        (Entries, Metadata, DataStart) = (entries, metadata, dataStart);

    public IReadOnlyDictionary<string, SafeTensorsEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where the tensors' bytes begin in the file.</summary>
    public long DataStart { get; }

    /// <summary>Reads the header from the start of a stream.</summary>
    /// <param name="stream">The file; read from its position, only as far as the header goes.</param>
    /// <param name="length">Bytes of the whole file.</param>
    /// <param name="source">How messages name the file.</param>
    /// <exception cref="InvalidDataException">The file breaks a rule of the format.</exception>
    public static SafeTensorsHeader Read(Stream stream, long length, string source)
    {
        InvalidDataException Broken(string what) => new($"{source} is not a whole safetensors file: {what}. Write it again, or take an earlier copy.");

        Span<byte> prefix = stackalloc byte[8];
        if (length < prefix.Length || stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            throw Broken($"it has {length} bytes, fewer than the 8 of its length field");
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)Math.Min(LongestHeader, length - prefix.Length))
            throw Broken($"its header claims {headerLength} bytes in a file of {length}");

        var json = new byte[(int)headerLength];
        if (stream.ReadAtLeast(json, json.Length, throwOnEndOfStream: false) < json.Length)
            throw Broken("it ends inside its header");

        var entries = new SortedDictionary<string, SafeTensorsEntry>(StringComparer.Ordinal);
        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Broken("its header is not a JSON object");
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataName)
                {
                    foreach (var pair in property.Value.EnumerateObject())
                        metadata.Add(pair.Name, pair.Value.GetString() ?? throw Broken($"metadata '{pair.Name}' is not text"));
                }
                else
                {
                    entries.Add(property.Name, ReadEntry(property.Name, property.Value, Broken));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Broken($"its header does not read as one ({e.Message.TrimEnd('.')})");
        }

        long dataStart = prefix.Length + json.Length;
        CheckLayout(entries, length - dataStart, Broken);
        return new SafeTensorsHeader(entries, metadata, dataStart);
    }

    private static SafeTensorsEntry ReadEntry(string name, JsonElement value, Func<string, InvalidDataException> broken)
    {
        if (name.Length > TensorFile.LongestName)
            throw broken($"the name '{Excerpt.Of(name)}' has {name.Length} characters");
        string type = value.GetProperty("dtype").GetString() ?? "";
        if (ElementTypes.FromSafeTensors(type) is not { } elements)
            throw broken($"tensor '{name}' has the type '{type}', none of {ElementTypes.SafeTensorsNames}");

        if (value.GetProperty("shape").GetArrayLength() is > TensorFile.MostDimensions and var dimensions)
            throw broken($"tensor '{name}' has {dimensions} dimensions");
        if (value.GetProperty("data_offsets").GetArrayLength() is not 2 and var numbers)
            throw broken($"tensor '{name}' has {numbers} offsets");
        var shape = value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets[0] < 0 || offsets[1] < offsets[0])
            throw broken($"tensor '{name}' has the offsets [{string.Join(", ", offsets)}]");

        long bytes = ElementTypes.SizeOf(elements);
        foreach (long size in shape)
        {
            if (size < 0 || (size > 0 && bytes > long.MaxValue / size))
                throw broken($"tensor '{name}' has the shape [{string.Join(", ", shape)}]");
            bytes *= size;
        }

        if (bytes != offsets[1] - offsets[0])
            throw broken($"tensor '{name}' of type {type} and shape [{string.Join(", ", shape)}] takes {bytes} bytes, not {offsets[1] - offsets[0]}");
        return new SafeTensorsEntry(new TensorEntry(shape, elements), offsets[0], offsets[1]);
    }

    private static void CheckLayout(IEnumerable<KeyValuePair<string, SafeTensorsEntry>> entries, long dataLength, Func<string, InvalidDataException> broken)
    {
        long end = 0;
        foreach (var (name, entry) in entries.OrderBy(pair => pair.Value.Begin).ThenBy(pair => pair.Value.End))
        {
            if (entry.Begin != end)
                throw broken($"tensor '{name}' begins at byte {entry.Begin} of the data, where {end} is due");
            end = entry.End;
        }

        if (end != dataLength)
            throw broken($"its tensors end at byte {end} of the data, the file at {dataLength}");
    }
}
