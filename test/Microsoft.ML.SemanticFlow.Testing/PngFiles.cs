// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Testing;

/// <summary>Builds PNG files bit by bit, slowly and after the letter of the format, for readers to be tested against.</summary>
public static class PngFiles
{
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A gray or palette PNG of given samples.</summary>
    /// <param name="samples">One a pixel, row by row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="depth">Bits a sample.</param>
    /// <param name="palette">Red, green, blue of the palette; null for gray.</param>
    /// <param name="isInterlaced">Whether the seven passes of Adam7 are used.</param>
    /// <param name="filter">0 to 4 for one filter; 5 for all in turn.</param>
    public static byte[] Indexed(int[] samples, int height, int width, int depth, byte[]? palette = null, bool isInterlaced = false, int filter = 0)
    {
        var raw = new MemoryStream();
        if (isInterlaced)
        {
            // The pass of each pixel of an 8 x 8 tile, as the format's figure shows it.
            string[] tile = ["16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777"];
            for (char pass = '1'; pass <= '7'; pass++)
            {
                var rows = Enumerable.Range(0, height).Select(y => Enumerable.Range(0, width).Where(x => tile[y % 8][x % 8] == pass).Select(x => samples[y * width + x]).ToArray());
                AppendRows(raw, rows.Where(row => row.Length > 0), depth, filter);
            }
        }
        else
        {
            AppendRows(raw, samples.Chunk(width), depth, filter);
        }

        var chunks = new List<(string, byte[])> { ("IHDR", Header(height, width, depth, palette is null ? 0 : 3, isInterlaced ? 1 : 0)) };
        if (palette is not null)
            chunks.Add(("PLTE", palette));
        chunks.Add(("tEXt", Encoding.ASCII.GetBytes("Comment\0of no interest")));
        // Two data chunks, split at an odd place.
        var data = Compress(raw.ToArray());
        chunks.Add(("IDAT", data[..(data.Length / 3)]));
        chunks.Add(("IDAT", data[(data.Length / 3)..]));
        chunks.Add(("IEND", []));
        return Join(chunks);
    }

    /// <summary>The body of a header chunk.</summary>
    public static byte[] Header(int height, int width, int depth, int colorType, int interlace)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)colorType, (byte)interlace);
        return header;
    }

    /// <summary>Signature and chunks with their lengths and checksums.</summary>
    public static byte[] Join(IEnumerable<(string Type, byte[] Body)> chunks)
    {
        var file = new MemoryStream();
        file.Write(Signature);
        foreach (var (type, body) in chunks)
        {
            byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. body];
            WriteBigEndian(file, (uint)body.Length);
            file.Write(typed);
            WriteBigEndian(file, Checksum(typed));
        }

        return file.ToArray();
    }

    /// <summary>The chunks of a well-formed file.</summary>
    public static List<(string Type, byte[] Body)> Split(byte[] file)
    {
        var chunks = new List<(string, byte[])>();
        for (int at = 8; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            chunks.Add((Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }

        return chunks;
    }

    public static byte[] Compress(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
            zlib.Write(bytes);
        return compressed.ToArray();
    }

    private static void AppendRows(MemoryStream raw, IEnumerable<int[]> rows, int depth, int filter)
    {
        byte[]? above = null;
        int distance = Math.Max(1, depth / 8), number = 0;
        foreach (var row in rows)
        {
            var bits = new StringBuilder(string.Concat(row.Select(sample => Convert.ToString(sample, 2).PadLeft(depth, '0'))));
            bits.Append('0', (8 - bits.Length % 8) % 8);
            var bytes = Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.ToString(8 * i, 8), 2)).ToArray();
            above ??= new byte[bytes.Length];
            int kind = filter == 5 ? number++ % 5 : filter;
            raw.WriteByte((byte)kind);
            for (int i = 0; i < bytes.Length; i++)
            {
                int left = i >= distance ? bytes[i - distance] : 0, up = above[i], corner = i >= distance ? above[i - distance] : 0;
                int guess = kind switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) };
                raw.WriteByte((byte)(bytes[i] - guess));
            }

            above = bytes;
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        int estimate = left + up - corner;
        return new[] { left, up, corner }.MinBy(candidate => Math.Abs(estimate - candidate));
    }

    private static uint Checksum(byte[] bytes)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }

    private static void WriteBigEndian(MemoryStream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        stream.Write(bytes);
    }
}
