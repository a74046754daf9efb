// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Checkpoints.PyTorch;

/// <summary>How a member of a zip archive is kept.</summary>
internal enum ZipCompression
{
    Stored,
    Deflated,

    /// <summary>Encrypted, or by a method that is not read.</summary>
    Other,
}

/// <summary>A member of a zip archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Header">Where its local header lies in the file.</param>
/// <param name="CompressedLength">Bytes in the file.</param>
/// <param name="Length">Bytes uncompressed.</param>
/// <param name="Compression">How it is kept.</param>
internal sealed record ZipMember(string Name, long Header, long CompressedLength, long Length, ZipCompression Compression);

/// <summary>The directory of a zip archive, with the places of its members.</summary>
/// <remarks>
/// System.IO.Compression does not tell where a stored member lies, and its streams do not seek. Tensors that share a large
/// storage are to be read from the middle of it, so the directory is read here: APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.14 to
/// 4.3.16 and 4.5.3; archives of one disk.
/// </remarks>
internal static class ZipDirectory
{
    private const uint LocalSignature = 0x04034B50;
    private const int LocalLength = 30;
    private const uint EntrySignature = 0x02014B50;
    private const int EntryLength = 46;
    private const uint EndSignature = 0x06054B50;
    private const int EndLength = 22;
    private const uint Locator64Signature = 0x07064B50;
    private const int Locator64Length = 20;
    private const uint End64Signature = 0x06064B50;
    private const int End64Length = 56;
    private const ushort Zip64Field = 1;
    private const uint In64 = uint.MaxValue;
    private const ushort EncryptedFlag = 1;

    // 500,000 members of PyTorch's.
    private const long LargestDirectory = 64 << 20;

    /// <summary>Reads the directory at the end of an archive.</summary>
    public static IReadOnlyList<ZipMember> Read(Stream stream, PyTorchFaults faults)
    {
        var (start, length) = FindDirectory(stream, faults);
        if (length > LargestDirectory)
            throw faults.Damaged($"its archive's directory claims {length} bytes");
        var directory = ReadAt(stream, start, (int)length, faults).AsSpan();
        var members = new List<ZipMember>();
        while (directory.Length >= EntryLength)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(directory) != EntrySignature)
                throw faults.Damaged($"member {members.Count} of its archive's directory does not begin as one");
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
            int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
            int total = EntryLength + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            if (total > directory.Length)
                throw faults.Damaged($"member {members.Count} of its archive's directory is cut off");

            members.Add(ReadMember(
                directory[..EntryLength], directory.Slice(EntryLength, nameLength), directory.Slice(EntryLength + nameLength, extraLength), stream.Length, faults));
            directory = directory[total..];
        }

        RefuseOverlaps(members, start, faults);
        return members;
    }

    /// <summary>Where the bytes of a member begin; they lie within the file.</summary>
    public static long FindData(Stream stream, ZipMember member, PyTorchFaults faults)
    {
        var header = ReadAt(stream, member.Header, LocalLength, faults).AsSpan();
        long start = member.Header + LocalLength + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        return BinaryPrimitives.ReadUInt32LittleEndian(header) == LocalSignature && member.CompressedLength <= stream.Length - start
            ? start
            : throw faults.Damaged($"'{Excerpt.Of(member.Name)}' is not where its archive's directory says");
    }

    // Members that share bytes could unpack a small file any number of times.
    private static void RefuseOverlaps(List<ZipMember> members, long directory, PyTorchFaults faults)
    {
        long end = 0;
        foreach (var member in members.OrderBy(member => member.Header).Append(new ZipMember("", directory, 0, 0, ZipCompression.Other)))
        {
            if (member.Header < end)
                throw faults.Damaged($"{(member.Name.Length > 0 ? $"'{Excerpt.Of(member.Name)}'" : "the directory")} of its archive lies inside another member");
            end = member.Header + LocalLength + member.CompressedLength;
        }
    }

    private static (long Start, long Length) FindDirectory(Stream stream, PyTorchFaults faults)
    {
        int tailLength = (int)Math.Min(stream.Length, EndLength + ushort.MaxValue);
        var tail = ReadAt(stream, stream.Length - tailLength, tailLength, faults).AsSpan();
        int at = tailLength - EndLength;
        while (at >= 0 && !(BinaryPrimitives.ReadUInt32LittleEndian(tail[at..]) == EndSignature
            && BinaryPrimitives.ReadUInt16LittleEndian(tail[(at + 20)..]) == tailLength - at - EndLength))
            at--;
        if (at < 0)
            throw faults.Damaged("its zip archive has no directory, so it ends early");

        var end = tail[at..];
        ulong length = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        if ((length == In64 || start == In64 || BinaryPrimitives.ReadUInt16LittleEndian(end[10..]) == ushort.MaxValue)
            && at >= Locator64Length && BinaryPrimitives.ReadUInt32LittleEndian(tail[(at - Locator64Length)..]) == Locator64Signature)
        {
            ulong at64 = BinaryPrimitives.ReadUInt64LittleEndian(tail[(at - Locator64Length + 8)..]);
            if (at64 > (ulong)stream.Length)
                throw faults.Damaged("its archive's directory lies beyond its end");
            var end64 = ReadAt(stream, (long)at64, End64Length, faults).AsSpan();
            if (BinaryPrimitives.ReadUInt32LittleEndian(end64) != End64Signature)
                throw faults.Damaged("its archive's directory does not begin as one");
            (length, start) = (BinaryPrimitives.ReadUInt64LittleEndian(end64[40..]), BinaryPrimitives.ReadUInt64LittleEndian(end64[48..]));
        }

        return start <= (ulong)stream.Length && length <= (ulong)stream.Length - start
            ? ((long)start, (long)length)
            : throw faults.Damaged("its archive's directory lies beyond its end");
    }

    private static ZipMember ReadMember(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name, ReadOnlySpan<byte> extra, long fileLength, PyTorchFaults faults)
    {
        string text = Encoding.UTF8.GetString(name);
        bool isEncrypted = (BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) & EncryptedFlag) != 0;
        var compression = (isEncrypted, BinaryPrimitives.ReadUInt16LittleEndian(entry[10..])) switch
        {
            (false, 0) => ZipCompression.Stored,
            (false, 8) => ZipCompression.Deflated,
            _ => ZipCompression.Other,
        };
        ulong compressed = BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]), length = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]);
        ulong header = BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]);

        // Numbers that do not fit 32 bits stand in an extra field, in this order, and only they.
        var wide = FindField(extra, Zip64Field);
        bool isWhole = Widen(ref length, ref wide) && Widen(ref compressed, ref wide) && Widen(ref header, ref wide);
        return isWhole && length <= long.MaxValue && compressed <= (ulong)fileLength && header <= (ulong)fileLength
            ? new ZipMember(text, (long)header, (long)compressed, (long)length, compression)
            : throw faults.Damaged($"'{Excerpt.Of(text)}' lies beyond the end of its archive");
    }

    private static bool Widen(ref ulong value, ref ReadOnlySpan<byte> wide)
    {
        if (value != In64)
            return true;
        if (!BinaryPrimitives.TryReadUInt64LittleEndian(wide, out value))
            return false;
        wide = wide[sizeof(ulong)..];
        return true;
    }

    private static ReadOnlySpan<byte> FindField(ReadOnlySpan<byte> extra, ushort id)
    {
        const int prefix = 4;
        while (extra.Length >= prefix)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - prefix)
                break;
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == id)
                return extra.Slice(prefix, length);
            extra = extra[(prefix + length)..];
        }

        return [];
    }

    private static byte[] ReadAt(Stream stream, long position, int count, PyTorchFaults faults)
    {
        var bytes = new byte[count];
        stream.Position = position;
        return stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false) == count ? bytes : throw faults.Damaged("it ends inside its archive's directory");
    }
}
