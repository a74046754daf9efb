// Licensed under the MIT License.
// See LICENSE in the project root for license information.

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
        try
        {
            return WeakenSections(library, new ElfFile(library), version);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The ELF library's version table points outside the file.", e);
        }
    }

    private static int WeakenSections(Span<byte> library, ElfFile elf, string version)
    {
        int marked = 0;
        for (int section = 0; section < elf.SectionCount; section++)
        {
            if (elf.TypeOf(section) != VersionsNeeded) continue;

            long strings = elf.OffsetOf(elf.LinkOf(section));
            long need = elf.OffsetOf(section);
            for (uint libraries = elf.CountOf(section); libraries > 0; libraries--)
            {
                long entry = need + elf.U32(need + 8);
                for (int entries = elf.U16(need + 2); entries > 0; entries--)
                {
                    if (elf.HasString(strings + elf.U32(entry + 8), version))
                    {
                        library[checked((int)entry + 4)] |= (byte)WeakFlag;
                        marked++;
                    }

                    entry += elf.U32(entry + 12);
                }

                need += elf.U32(need + 12);
            }
        }

        return marked;
    }
}
