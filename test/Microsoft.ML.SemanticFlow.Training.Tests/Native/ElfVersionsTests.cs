// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Text;
using Microsoft.ML.SemanticFlow.Native;

namespace Microsoft.ML.SemanticFlow.Training.Tests.Native;

[TestClass]
public sealed class ElfVersionsTests
{
    [TestMethod]
    public void Weaken_TheNamedVersion_SetsItsFlagAlone()
    {
        byte[] library = Library();
        byte[] before = [.. library];

        int marked = ElfVersions.Weaken(library, "GLIBCXX_3.4.32");

        Assert.AreEqual(1, marked);
        int[] changed = [.. Enumerable.Range(0, library.Length).Where(i => library[i] != before[i])];
        CollectionAssert.AreEqual(new[] { SecondEntry + 4 }, changed);
        Assert.AreEqual(2, library[SecondEntry + 4]);
    }

    [TestMethod]
    [DataRow("GLIBCXX_3.4.3", DisplayName = "a prefix of a name")]
    [DataRow("GLIBCXX_9")]
    public void Weaken_AVersionNotAskedFor_ChangesNothing(string version)
    {
        byte[] library = Library();
        byte[] before = [.. library];

        Assert.AreEqual(0, ElfVersions.Weaken(library, version));
        CollectionAssert.AreEqual(before, library);
    }

    [TestMethod]
    public void Weaken_NotAnElfFile_SaysSo()
    {
        Assert.ThrowsExactly<InvalidDataException>(() => ElfVersions.Weaken(new byte[100], "V"));
        Assert.ThrowsExactly<InvalidDataException>(() => ElfVersions.Weaken("MZ"u8.ToArray(), "V"));
    }

    [TestMethod]
    public void Weaken_CutOff_SaysSo()
    {
        byte[] library = Library();

        for (int length = 64; length < Sections + 2 * 64 + 0x30; length++)      // what it reads ends there
        {
            byte[] cut = library[..length];
            Assert.ThrowsExactly<InvalidDataException>(() => ElfVersions.Weaken(cut, "GLIBCXX_3.4.32"));
        }
    }

    private const int Strings = 64, Needed = 128, FirstEntry = Needed + 16, SecondEntry = FirstEntry + 16, Sections = 256;

    /// <summary>An ELF file with a string table at 64, one needed library with two versions at 128, and three section headers at 256.</summary>
    private static byte[] Library()
    {
        var b = new byte[Sections + 3 * 64];
        ((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]).CopyTo(b);
        Write64(0x28, Sections);
        Write16(0x3A, 64);
        Write16(0x3C, 3);
        Encoding.ASCII.GetBytes("\0libstdc++.so.6\0GLIBCXX_3.4\0GLIBCXX_3.4.32\0").CopyTo(b, Strings);

        Write16(Needed, 1);
        Write16(Needed + 2, 2);             // two entries
        Write32(Needed + 4, 1);             // file name
        Write32(Needed + 8, 16);            // first entry
        Write32(FirstEntry + 8, 16);        // name: GLIBCXX_3.4
        Write32(FirstEntry + 12, 16);       // next
        Write32(SecondEntry + 8, 28);       // name: GLIBCXX_3.4.32

        const int StringSection = Sections + 64, NeedSection = Sections + 128;
        Write32(StringSection + 4, 3);      // SHT_STRTAB
        Write64(StringSection + 0x18, Strings);
        Write32(NeedSection + 4, 0x6ffffffe);
        Write64(NeedSection + 0x18, Needed);
        Write32(NeedSection + 0x28, 1);     // linked to section 1, the strings
        Write32(NeedSection + 0x2C, 1);     // one library
        return b;

        void Write16(int at, ushort v) => BinaryPrimitives.WriteUInt16LittleEndian(b.AsSpan(at), v);
        void Write32(int at, uint v) => BinaryPrimitives.WriteUInt32LittleEndian(b.AsSpan(at), v);
        void Write64(int at, ulong v) => BinaryPrimitives.WriteUInt64LittleEndian(b.AsSpan(at), v);
    }
}
