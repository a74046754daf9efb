// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Whether an image file ends as its format says, without decoding it.</summary>
internal static class FileEnd
{
    private static ReadOnlySpan<byte> PngEnd => [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D', 0xAE, 0x42, 0x60, 0x82];

    /// <returns>False where the end is missing, or other bytes come after it.</returns>
    public static bool IsThere(string path)
    {
        using var file = RegularFile.OpenRead(path);
        Span<byte> first = stackalloc byte[12], last = stackalloc byte[12];
        if (file.Length < first.Length)
            return false;
        file.ReadExactly(first);
        file.Position = file.Length - last.Length;
        file.ReadExactly(last);
        return first switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => last.SequenceEqual(PngEnd),
            [0xFF, 0xD8, ..] => last.EndsWith((ReadOnlySpan<byte>)[0xFF, 0xD9]),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => BinaryPrimitives.ReadUInt32LittleEndian(first[4..]) + 8L <= file.Length,
            [(byte)'B', (byte)'M', ..] => BinaryPrimitives.ReadUInt32LittleEndian(first[2..]) is > 0 and var length && length <= file.Length,
            [(byte)'G', (byte)'I', (byte)'F', ..] => last[^1] == (byte)';',
            _ => false,
        };
    }
}
