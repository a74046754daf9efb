// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics.Tensors;

namespace Microsoft.ML.SemanticFlow.Imaging;

/// <summary>Reads gray and palette PNG files to their raw samples, which image libraries translate, scale or lose.</summary>
/// <remarks>
/// W3C Portable Network Graphics, third edition: colour types 0 and 3 at every bit depth, interlaced or not, turned as a chunk eXIf says.
/// Every critical chunk's checksum is verified, and no more memory is taken than the compressed data could fill.
/// </remarks>
internal static class PngIndexReader
{
    private const int ChunkOverhead = 12;           // length, type, checksum
    private const int MaxDeflateRatio = 1032;       // two bits can stand for 258 bytes, no more

    /// <summary>The first eight bytes of every PNG.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    // Adam7: first row and column of each pass, and the steps between its rows and columns.
    private static readonly Pass[] _interlaced =
        [new(0, 0, 8, 8), new(0, 4, 8, 8), new(4, 0, 8, 4), new(0, 2, 4, 4), new(2, 0, 4, 2), new(0, 1, 2, 2), new(1, 0, 2, 1)];

    private static readonly Pass[] _sequential = [new(0, 0, 1, 1)];

    private readonly record struct Pass(int Row, int Column, int RowStep, int ColumnStep)
    {
        public (int Rows, int Columns) SizeIn(Header header) =>
            (Math.Max(0, (header.Height - Row + RowStep - 1) / RowStep), Math.Max(0, (header.Width - Column + ColumnStep - 1) / ColumnStep));
    }

    private readonly record struct Header(int Height, int Width, int BitDepth, bool IsPalette, bool IsInterlaced);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">The file is no gray or palette PNG, or is damaged or cut off.</exception>
    public static PngSamples Read(string path) => Read(RegularFile.ReadAllBytes(path), Path.GetFileName(path));

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="source">How messages name the file.</param>
    public static PngSamples Read(byte[] file, string source)
    {
        var data = new List<Range>();
        var header = ReadChunks(file, source, data, out var palette, out var orientation);
        RefuseImpossibleSize(header, data, file.Length, source);

        int count = header.Height * header.Width;
        var samples = header.BitDepth == 16 ? [] : GC.AllocateUninitializedArray<byte>(count);
        var wide = header.BitDepth == 16 ? GC.AllocateUninitializedArray<ushort>(count) : [];
        using var chunks = new ChunkStream(file, data);
        using var inflate = new ZLibStream(chunks, CompressionMode.Decompress);
        foreach (var pass in header.IsInterlaced ? _interlaced : _sequential)
            ReadPass(inflate, header, pass, samples, wide, source);
        var stored = new PngSamples(header.Height, header.Width, header.BitDepth, header.IsPalette, samples, wide, palette);
        return orientation.IsUpright ? stored : Turned(stored, orientation);
    }

    private static PngSamples Turned(PngSamples stored, ImageOrientation orientation)
    {
        var (height, width) = orientation.Turn(stored.Height, stored.Width);
        return stored with { Height = height, Width = width, Samples = Turned(stored.Samples), WideSamples = Turned(stored.WideSamples) };

        T[] Turned<T>(T[] samples)
            where T : unmanaged
        {
            if (samples.Length == 0)
                return samples;
            var shown = GC.AllocateUninitializedArray<T>(samples.Length);
            orientation.Apply<T>(samples, stored.Height, stored.Width, shown);
            return shown;
        }
    }

    private static Header ReadChunks(byte[] file, string source, List<Range> data, out byte[] palette, out ImageOrientation orientation)
    {
        ReadOnlySpan<byte> bytes = file;
        palette = [];
        orientation = ImageOrientation.Upright;
        if (!bytes.StartsWith(Signature))
            throw new InvalidDataException($"'{source}' is not a PNG file. Give class ids as gray or palette PNG.");

        Header? header = null;
        for (int at = 8; ;)
        {
            if (bytes.Length - at < ChunkOverhead)
                throw Truncated(source);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - ChunkOverhead)
                throw Truncated(source);

            var type = bytes.Slice(at + 4, 4);
            var body = bytes.Slice(at + 8, (int)length);
            bool isCritical = (type[0] & 0x20) == 0;
            if (isCritical && Crc32.Compute(bytes.Slice(at + 4, (int)length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + (int)length)..]))
                throw new InvalidDataException($"PNG '{source}' is damaged: the chunk at byte {at} has a wrong checksum. Copy or export the file again.");

            if (type.SequenceEqual("IHDR"u8))
                header = ReadHeader(body, source);
            else if (header is null)
                throw new InvalidDataException($"PNG '{source}' is damaged: it does not begin with its header. Copy or export the file again.");
            else if (type.SequenceEqual("PLTE"u8))
                palette = body.ToArray();
            else if (type.SequenceEqual("IDAT"u8))
                data.Add((at + 8)..(at + 8 + (int)length));
            else if (type.SequenceEqual("eXIf"u8))
                orientation = ImageOrientation.OfExif(body);
            else if (type.SequenceEqual("IEND"u8))
                return header.Value;
            else if (isCritical)
                throw new InvalidDataException($"PNG '{source}' has an unknown chunk at byte {at}, without which it cannot be read. Export the file again.");
            at += ChunkOverhead + (int)length;
        }
    }

    private static Header ReadHeader(ReadOnlySpan<byte> body, string source)
    {
        if (body.Length != 13)
            throw new InvalidDataException($"PNG '{source}' is damaged: its header has {body.Length} bytes instead of 13. Copy or export the file again.");

        uint width = BinaryPrimitives.ReadUInt32BigEndian(body);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        var (depth, colorType, compression, filter, interlace) = (body[8], body[9], body[10], body[11], body[12]);
        ImageLimits.Check(height, width, $"PNG '{source}'");
        if (colorType is 2 or 4 or 6)
        {
            string kind = colorType switch { 2 => "RGB", 4 => "gray with alpha", _ => "RGBA" };
            throw new InvalidDataException($"PNG '{source}' is {kind}; class ids are read from gray or palette files. Convert the colours to ids first.");
        }

        bool isDepthValid = colorType == 0 ? depth is 1 or 2 or 4 or 8 or 16 : colorType == 3 && depth is 1 or 2 or 4 or 8;
        if (!isDepthValid || compression != 0 || filter != 0 || interlace > 1)
            throw new InvalidDataException(
                $"PNG '{source}' has a header that the format does not allow (colour type {colorType}, {depth} bits, compression {compression}, filter {filter}, " +
                $"interlace {interlace}). Export the file again.");
        return new Header((int)height, (int)width, depth, colorType == 3, interlace == 1);
    }

    /// <summary>A short file that claims a huge image fails here, before anything is allocated for it.</summary>
    private static void RefuseImpossibleSize(Header header, List<Range> data, int fileLength, string source)
    {
        long compressed = 0;
        foreach (var range in data)
            compressed += range.GetOffsetAndLength(fileLength).Length;
        long packed = 0;
        foreach (var pass in header.IsInterlaced ? _interlaced : _sequential)
        {
            var (rows, columns) = pass.SizeIn(header);
            packed += columns == 0 ? 0 : rows * (1 + ((((long)columns * header.BitDepth) + 7) / 8));    // each row has its filter
        }

        if (packed > compressed * MaxDeflateRatio)
            throw Truncated(source);
    }

    private static void ReadPass(Stream inflate, Header header, Pass pass, byte[] samples, ushort[] wide, string source)
    {
        var (rows, columns) = pass.SizeIn(header);
        if (rows == 0 || columns == 0)
            return;

        int length = (int)(((long)columns * header.BitDepth + 7) / 8);
        int distance = Math.Max(1, header.BitDepth / 8);
        var current = new byte[length + 1];
        var previous = new byte[length + 1];
        for (int row = 0; row < rows; row++)
        {
            ReadRow(inflate, current, source);
            if (!TryUnfilter(current[0], current.AsSpan(1), previous.AsSpan(1), distance))
                throw new InvalidDataException($"PNG '{source}' is damaged: row {row} names filter {current[0]}; there are 0 to 4. Copy or export the file again.");

            int first = (pass.Row + row * pass.RowStep) * header.Width + pass.Column;
            if (header.BitDepth == 16)
                Unpack16(current.AsSpan(1), wide.AsSpan(first), columns, pass.ColumnStep);
            else if (header.BitDepth == 8 && pass.ColumnStep == 1)
                current.AsSpan(1).CopyTo(samples.AsSpan(first));
            else
                Unpack(current.AsSpan(1), samples.AsSpan(first), columns, pass.ColumnStep, header.BitDepth);
            (current, previous) = (previous, current);
        }
    }

    private static void ReadRow(Stream inflate, Span<byte> row, string source)
    {
        try
        {
            inflate.ReadExactly(row);
        }
        catch (EndOfStreamException inner)
        {
            throw new InvalidDataException(Truncated(source).Message, inner);
        }
        catch (Exception inner) when (inner is InvalidDataException or IOException)       // the latter from zlib: a preset dictionary, which PNG forbids
        {
            throw new InvalidDataException($"PNG '{source}' is damaged: its compressed pixels cannot be unpacked. Copy or export the file again.", inner);
        }
    }

    private static void Unpack(ReadOnlySpan<byte> packed, Span<byte> samples, int columns, int step, int depth)
    {
        int perByte = 8 / depth;
        int mask = (1 << depth) - 1;
        for (int column = 0; column < columns; column++)
            samples[column * step] = (byte)(packed[column / perByte] >> (8 - depth - column % perByte * depth) & mask);
    }

    private static void Unpack16(ReadOnlySpan<byte> packed, Span<ushort> samples, int columns, int step)
    {
        for (int column = 0; column < columns; column++)
            samples[column * step] = BinaryPrimitives.ReadUInt16BigEndian(packed[(2 * column)..]);
    }

    private static bool TryUnfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0:
                return true;
            case 1:
                for (int i = distance; i < row.Length; i++)
                    row[i] += row[i - distance];
                return true;
            case 2:
                TensorPrimitives.Add<byte>(row, above, row);
                return true;
            case 3:
                for (int i = 0; i < row.Length; i++)
                    row[i] += (byte)((i >= distance ? row[i - distance] : 0) + above[i] >> 1);
                return true;
            case 4:
                for (int i = 0; i < row.Length; i++)
                    row[i] += i >= distance ? Paeth(row[i - distance], above[i], above[i - distance]) : above[i];
                return true;
            default:
                return false;
        }
    }

    private static byte Paeth(int left, int above, int aboveLeft)
    {
        int toLeft = Math.Abs(above - aboveLeft);
        int toAbove = Math.Abs(left - aboveLeft);
        int toAboveLeft = Math.Abs(left + above - 2 * aboveLeft);
        return (byte)(toLeft <= toAbove && toLeft <= toAboveLeft ? left : toAbove <= toAboveLeft ? above : aboveLeft);
    }

    private static InvalidDataException Truncated(string source) =>
        new($"PNG '{source}' ends before its last row: the file is cut off. Copy it again.");

    /// <summary>The bodies of the data chunks, end to end.</summary>
    private sealed class ChunkStream(byte[] file, List<Range> chunks) : Stream
    {
        private int _chunk;
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            while (_chunk < chunks.Count)
            {
                var rest = file.AsSpan(chunks[_chunk])[_position..];
                if (rest.IsEmpty)
                {
                    (_chunk, _position) = (_chunk + 1, 0);
                    continue;
                }

                int count = Math.Min(rest.Length, buffer.Length);
                rest[..count].CopyTo(buffer);
                _position += count;
                return count;
            }

            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
