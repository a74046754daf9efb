// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>The sections of a 64-bit little-endian ELF library.</summary>
/// <remarks>Whatever a damaged file makes these members read outside of it ends in <see cref="ArgumentOutOfRangeException"/> or <see cref="OverflowException"/>.</remarks>
internal readonly ref struct ElfFile
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly long _headers;
    private readonly int _headerSize;

    /// <exception cref="InvalidDataException">The bytes are not such a library.</exception>
    public ElfFile(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 64 || !bytes.StartsWith((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            throw new InvalidDataException("The library is not a 64-bit little-endian ELF file.");

        _bytes = bytes;
        _headers = I64(0x28);
        _headerSize = U16(0x3A);
        SectionCount = U16(0x3C);
    }

    public int SectionCount { get; }

    public uint TypeOf(int section) => U32(Header(section) + 0x04);

    public long OffsetOf(int section) => I64(Header(section) + 0x18);

    public long SizeOf(int section) => I64(Header(section) + 0x20);

    /// <summary>The section that this one refers to: for tables of names, their strings.</summary>
    public int LinkOf(int section) => checked((int)U32(Header(section) + 0x28));

    /// <summary>How many entries a section of versions has.</summary>
    public uint CountOf(int section) => U32(Header(section) + 0x2C);

    public ReadOnlySpan<byte> BytesOf(int section) => _bytes.Slice(checked((int)OffsetOf(section)), checked((int)SizeOf(section)));

    public bool HasString(long at, string text)
    {
        var rest = _bytes[checked((int)at)..];
        if (rest.Length <= text.Length || rest[text.Length] != 0) return false;
        for (int i = 0; i < text.Length; i++)
            if (rest[i] != text[i]) return false;
        return true;
    }

    public ushort U16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[checked((int)at)..]);

    public uint U32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[checked((int)at)..]);

    public long I64(long at) => BinaryPrimitives.ReadInt64LittleEndian(_bytes[checked((int)at)..]);

    private long Header(int section) => _headers + (long)section * _headerSize;
}
