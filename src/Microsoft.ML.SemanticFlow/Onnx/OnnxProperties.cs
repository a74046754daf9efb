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
    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

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
            if (!TryReadField(ref file, out int field, out var property))
                throw NotAModel(source);
            if (field == PropertyField && TryReadProperty(property, out var key, out var value) && key.StartsWith(start))
                properties[Text(key, source)] = Text(value, source);
        }

        return properties;
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
            if (!TryReadField(ref property, out int field, out var content))
                return false;
            if (field == KeyField)
                key = content;
            else if (field == ValueField)
                value = content;
        }

        return true;
    }

    // Numbers have no content: none of them is asked for.
    private static bool TryReadField(scoped ref ReadOnlySpan<byte> message, out int field, out ReadOnlySpan<byte> content)
    {
        content = [];
        field = 0;
        if (!TryReadVarint(ref message, out ulong tag) || tag >> 3 is 0 or > int.MaxValue)
            return false;
        field = (int)(tag >> 3);
        switch ((int)(tag & 7))
        {
            case Varint:
                return TryReadVarint(ref message, out _);
            case Fixed64:
                return TryTake(ref message, sizeof(ulong), out _);
            case Fixed32:
                return TryTake(ref message, sizeof(uint), out _);
            case Bytes:
                return TryReadVarint(ref message, out ulong length) && TryTake(ref message, length, out content);
            default:
                return false;
        }
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> message, ulong length, out ReadOnlySpan<byte> content)
    {
        content = [];
        if (length > (ulong)message.Length)
            return false;
        content = message[..(int)length];
        message = message[(int)length..];
        return true;
    }

    private static bool TryReadVarint(scoped ref ReadOnlySpan<byte> message, out ulong value)
    {
        const int Longest = 10;
        value = 0;
        for (int i = 0; i < Math.Min(message.Length, Longest); i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
