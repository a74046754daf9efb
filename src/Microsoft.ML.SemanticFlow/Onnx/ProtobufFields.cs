// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Microsoft.ML.SemanticFlow.Onnx;

/// <summary>Walks the fields of a protobuf message, in proportion to its bytes and without a copy.</summary>
internal static class ProtobufFields
{
    /// <summary>The most bytes of a number.</summary>
    public const int LongestVarint = 10;

    private const int Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    /// <summary>Takes the first field of a message. Numbers have no content: none of them is asked for.</summary>
    /// <param name="message">What is left of the message; afterwards what follows the field.</param>
    /// <param name="field">Its number.</param>
    /// <param name="content">Its bytes.</param>
    /// <returns>False where the bytes are no field.</returns>
    public static bool TryRead(scoped ref ReadOnlySpan<byte> message, out int field, out ReadOnlySpan<byte> content)
    {
        content = [];
        return TryReadHead(ref message, out field, out ulong length) && TryTake(ref message, length, out content);
    }

    /// <summary>Takes what stands before a field's content, and tells the length of that.</summary>
    public static bool TryReadHead(scoped ref ReadOnlySpan<byte> message, out int field, out ulong length)
    {
        length = 0;
        field = 0;
        if (!TryReadVarint(ref message, out ulong tag) || tag >> 3 is 0 or > int.MaxValue)
            return false;
        field = (int)(tag >> 3);
        switch ((int)(tag & 7))
        {
            case Varint:
                return TryReadVarint(ref message, out _);
            case Fixed64:
                length = sizeof(ulong);
                return true;
            case Fixed32:
                length = sizeof(uint);
                return true;
            case Bytes:
                return TryReadVarint(ref message, out length);
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
        value = 0;
        for (int i = 0; i < Math.Min(message.Length, LongestVarint); i++)
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
