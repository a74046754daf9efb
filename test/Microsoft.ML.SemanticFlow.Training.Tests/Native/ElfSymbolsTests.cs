// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Text;
using Microsoft.ML.SemanticFlow.Native;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

[TestClass]
public sealed class ElfSymbolsTests
{
    [TestMethod]
    public void Find_NamesInAnyOrder_GivesTheirAddresses()
    {
        CollectionAssert.AreEqual(new long[] { 0x3000, 0x1000 }, ElfSymbols.Find(Library(), "version", "cpu"));
    }

    [TestMethod]
    [DataRow("cp", DisplayName = "the beginning of a name")]
    [DataRow("pu", DisplayName = "the end of a name")]
    [DataRow("elsewhere", DisplayName = "a name that another library defines")]
    [DataRow("nothing")]
    public void Find_OneNameMissing_IsNull(string name) => Assert.IsNull(ElfSymbols.Find(Library(), "version", name));

    [TestMethod]
    public void Find_NoSymbolTable_IsNull()
    {
        byte[] library = Library();
        library[Sections + 128 + 4] = 1;        // a section of another type

        Assert.IsNull(ElfSymbols.Find(library, "version"));
    }

    [TestMethod]
    public void Find_NotAnElfFile_SaysSo() => Assert.ThrowsExactly<InvalidDataException>(() => ElfSymbols.Find("MZ"u8, "version"));

    [TestMethod]
    public void Find_CutOff_SaysSo()
    {
        byte[] library = Library();

        for (int length = 64; length < Sections + 2 * 64 + 0x2C; length++)      // what it reads ends there
        {
            byte[] cut = library[..length];
            Assert.ThrowsExactly<InvalidDataException>(() => ElfSymbols.Find(cut, "version"));
        }
    }

    private const int Strings = 64, Symbols = 128, Sections = 256;

    /// <summary>An ELF file with a string table at 64, four symbols at 128, and three section headers at 256.</summary>
    private static byte[] Library()
    {
        var b = new byte[Sections + 3 * 64];
        ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]).CopyTo(b);
        Write64(0x28, Sections);
        Write16(0x3A, 64);
        Write16(0x3C, 3);
        byte[] names = Encoding.ASCII.GetBytes("\0cpu\0elsewhere\0version\0");
        names.CopyTo(b, Strings);

        WriteSymbol(1, name: 1, section: 1, address: 0x1000);
        WriteSymbol(2, name: 5, section: 0, address: 0);
        WriteSymbol(3, name: 15, section: 1, address: 0x3000);

        const int StringSection = Sections + 64, SymbolSection = Sections + 128;
        Write32(StringSection + 4, 3);      // SHT_STRTAB
        Write64(StringSection + 0x18, Strings);
        Write64(StringSection + 0x20, names.Length);
        Write32(SymbolSection + 4, 2);      // SHT_SYMTAB
        Write64(SymbolSection + 0x18, Symbols);
        Write64(SymbolSection + 0x20, 4 * 24);
        Write32(SymbolSection + 0x28, 1);   // linked to section 1, the strings
        return b;

        void WriteSymbol(int index, uint name, ushort section, long address)
        {
            Write32(Symbols + 24 * index, name);
            Write16(Symbols + 24 * index + 6, section);
            Write64(Symbols + 24 * index + 8, address);
        }

        void Write16(int at, ushort v) => BinaryPrimitives.WriteUInt16LittleEndian(b.AsSpan(at), v);
        void Write32(int at, uint v) => BinaryPrimitives.WriteUInt32LittleEndian(b.AsSpan(at), v);
        void Write64(int at, long v) => BinaryPrimitives.WriteInt64LittleEndian(b.AsSpan(at), v);
    }
}
