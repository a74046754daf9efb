// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Text;
using System.Text.Unicode;

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <summary>The metadata properties of an ONNX file, read from its bytes before anything else reads them.</summary>
/// <remarks>
/// ONNX Runtime looks each property up by its name, which takes a minute for 200,000 and fails for a name with a zero in it. Here the
/// outermost fields of the file are walked once, and what is kept is no larger than the properties asked for.
/// </remarks>
internal static class OnnxProperties
{
    // onnx.proto: ModelProto.metadata_props, and the two fields of StringStringEntryProto.
    private const int PropertyField = 14, KeyField = 1, ValueField = 2;

    /// <summary>The properties whose names begin with a prefix; of two with one name the last counts.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="prefix">How their names begin.</param>
    /// <param name="source">How messages name the file.</param>
    /// <exception cref="InvalidDataException">The bytes are no ONNX file, or a property is no text.</exception>
    public static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> file, string prefix, string source)
    {
        if (file.IsEmpty)
            throw new InvalidDataException($"Model '{source}' is empty. Copy or export the file again.");
        byte[] start = Encoding.UTF8.GetBytes(prefix);
        var properties = new Dictionary<string, string>();
        while (!file.IsEmpty)
        {
            if (!ProtobufFields.TryRead(ref file, out int field, out var property))
                throw NotAModel(source);
            if (field == PropertyField && TryReadProperty(property, out var key, out var value) && key.StartsWith(start))
                properties[Text(key, source)] = Text(value, source);
        }

        return properties;
    }

    /// <summary>Whether the next bytes of a stream are the outermost fields of an ONNX file and nothing else; its position stays.</summary>
    /// <param name="stream">A stream that seeks.</param>
    /// <param name="length">How many bytes, which the stream has.</param>
    /// <remarks>What unpacks from almost nothing is told from a model before memory is taken for it.</remarks>
    public static bool AreIn(Stream stream, int length)
    {
        const int Most = 1 << 20;       // fields that are looked at: no model has as many
        Span<byte> head = stackalloc byte[2 * ProtobufFields.LongestVarint];
        long start = stream.Position, end = start + length;
        try
        {
            for (int i = 0; i < Most && stream.Position < end; i++)
            {
                long at = stream.Position;
                int count = stream.ReadAtLeast(head[..(int)Math.Min(head.Length, end - at)], 1, throwOnEndOfStream: false);
                ReadOnlySpan<byte> rest = head[..count];
                if (!ProtobufFields.TryReadHead(ref rest, out _, out ulong skipped) || skipped > (ulong)(end - at - (count - rest.Length)))
                    return false;
                stream.Position = at + (count - rest.Length) + (long)skipped;
            }

            return true;
        }
        finally
        {
            stream.Position = start;
        }
    }

    /// <summary>That a file is no ONNX model.</summary>
    public static InvalidDataException NotAModel(string source, Exception? inner = null) =>
        new($"'{source}' is not an ONNX model that can be read, or it is damaged or cut off. Copy the file again, or export one with 'semanticflow export'.", inner);

    private static string Text(ReadOnlySpan<byte> bytes, string source) => Utf8.IsValid(bytes)
        ? Encoding.UTF8.GetString(bytes)
        : throw new InvalidDataException($"Model '{source}' has a metadata property that is no UTF-8 text. Export it again.");

    private static bool TryReadProperty(ReadOnlySpan<byte> property, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = [];
        while (!property.IsEmpty)
        {
            if (!ProtobufFields.TryRead(ref property, out int field, out var content))
                return false;
            if (field == KeyField)
                key = content;
            else if (field == ValueField)
                value = content;
        }

        return true;
    }
}
