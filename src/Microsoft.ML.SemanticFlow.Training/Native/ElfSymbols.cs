// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Text;

namespace Microsoft.ML.SemanticFlow.Native;

/// <summary>Where a 64-bit little-endian ELF library keeps what its symbol table names, exported or not.</summary>
internal static class ElfSymbols
{
    private const uint SymbolTable = 2;     // SHT_SYMTAB
    private const int EntrySize = 24;

    /// <summary>Finds symbols by their names.</summary>
    /// <returns>The addresses as the file has them, before it is loaded, in the order of the names; null when one is missing or the library was stripped.</returns>
    /// <exception cref="InvalidDataException">The bytes are not such a library.</exception>
    public static long[]? Find(ReadOnlySpan<byte> library, params ReadOnlySpan<string> names)
    {
        try
        {
            var elf = new ElfFile(library);
            for (int section = 0; section < elf.SectionCount; section++)
            {
                if (elf.TypeOf(section) == SymbolTable)
                    return Find(elf.BytesOf(section), elf.BytesOf(elf.LinkOf(section)), names);
            }

            return null;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The ELF library's symbol table points outside the file.", e);
        }
    }

    private static long[]? Find(ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> strings, ReadOnlySpan<string> names)
    {
        var wanted = new uint[names.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            int before = strings.IndexOf(Encoding.ASCII.GetBytes($"\0{names[i]}\0"));
            if (before < 0) return null;
            wanted[i] = (uint)before + 1;
        }

        var addresses = new long[wanted.Length];
        int missing = wanted.Length;
        for (var rest = symbols; rest.Length >= EntrySize && missing > 0; rest = rest[EntrySize..])
        {
            int index = wanted.IndexOf(BinaryPrimitives.ReadUInt32LittleEndian(rest));
            bool isDefined = BinaryPrimitives.ReadUInt16LittleEndian(rest[6..]) != 0;
            if (index < 0 || !isDefined || addresses[index] != 0) continue;
            addresses[index] = BinaryPrimitives.ReadInt64LittleEndian(rest[8..]);
            missing--;
        }

        return missing == 0 ? addresses : null;
    }
}
