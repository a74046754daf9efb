// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>The symbol versions that a 64-bit little-endian ELF library requires of others.</summary>
internal static class ElfVersions
{
    private const uint VersionsNeeded = 0x6ffffffe;     // SHT_GNU_verneed
    private const ushort WeakFlag = 2;                  // VER_FLG_WEAK

    /// <summary>Marks every requirement of <paramref name="version"/> weak, so that a loader without it goes on.</summary>
    /// <returns>How many requirements were marked; 0 when the library does not ask for it.</returns>
    /// <exception cref="InvalidDataException">The bytes are not such a library.</exception>
    public static int Weaken(Span<byte> library, string version)
    {
        if (library.Length < 64 || !library.StartsWith((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
            throw new InvalidDataException("The library is not a 64-bit little-endian ELF file.");

        try
        {
            return WeakenSections(library, version);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The ELF library's version table points outside the file.", e);
        }
    }

    private static int WeakenSections(Span<byte> library, string version)
    {
        int marked = 0;
        int sectionSize = U16(library, 0x3A), sections = U16(library, 0x3C);
        long table = I64(library, 0x28);
        for (int i = 0; i < sections; i++)
        {
            long header = table + i * sectionSize;
            if (U32(library, header + 4) != VersionsNeeded) continue;

            long strings = I64(library, table + U32(library, header + 0x28) * sectionSize + 0x18);
            long need = I64(library, header + 0x18);
            for (uint libraries = U32(library, header + 0x2C); libraries > 0; libraries--)
            {
                long entry = need + U32(library, need + 8);
                for (int entries = U16(library, need + 2); entries > 0; entries--)
                {
                    if (NameIs(library, strings + U32(library, entry + 8), version))
                    {
                        library[checked((int)entry + 4)] |= (byte)WeakFlag;
                        marked++;
                    }

                    entry += U32(library, entry + 12);
                }

                need += U32(library, need + 12);
            }
        }

        return marked;
    }

    private static bool NameIs(ReadOnlySpan<byte> library, long at, string name)
    {
        var rest = library[checked((int)at)..];
        if (rest.Length <= name.Length || rest[name.Length] != 0) return false;
        for (int i = 0; i < name.Length; i++)
            if (rest[i] != name[i]) return false;
        return true;
    }

    private static ushort U16(ReadOnlySpan<byte> b, long at) => BinaryPrimitives.ReadUInt16LittleEndian(b[checked((int)at)..]);

    private static uint U32(ReadOnlySpan<byte> b, long at) => BinaryPrimitives.ReadUInt32LittleEndian(b[checked((int)at)..]);

    private static long I64(ReadOnlySpan<byte> b, long at) => BinaryPrimitives.ReadInt64LittleEndian(b[checked((int)at)..]);
}
