// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

// Copies a reference assembly and marks the named types and their internal members public, so that the compiler
// accepts them; only metadata flags change, and the copy never ships. At run time IgnoresAccessChecksTo lets the
// same calls through to the real assembly.
//   ExposeTypes SOURCE DESTINATION "Namespace.Type;Namespace.Outer/Nested"
if (args.Length != 3)
{
    Console.Error.WriteLine("usage: ExposeTypes SOURCE DESTINATION TYPES");
    return 1;
}

var (source, destination) = (args[0], args[1]);
var wanted = args[2].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet();
var bytes = File.ReadAllBytes(source);

using (var image = new PEReader(new MemoryStream(bytes)))
{
    var metadata = image.GetMetadataReader();
    int start = image.PEHeaders.MetadataStartOffset;

    foreach (var handle in metadata.TypeDefinitions)
    {
        var type = metadata.GetTypeDefinition(handle);
        if (!wanted.Remove(FullName(metadata, type)))
            continue;

        int flags = Offset(metadata, start, TableIndex.TypeDef, MetadataTokens.GetRowNumber(handle));
        ExposeType(bytes.AsSpan(flags));
        foreach (var method in type.GetMethods())
        {
            const int flagsWithinRow = 6; // after the relative address and the implementation flags
            ExposeMember(bytes.AsSpan(Offset(metadata, start, TableIndex.MethodDef, MetadataTokens.GetRowNumber(method)) + flagsWithinRow));
        }

        foreach (var field in type.GetFields())
            ExposeMember(bytes.AsSpan(Offset(metadata, start, TableIndex.Field, MetadataTokens.GetRowNumber(field))));
    }
}

if (wanted.Count > 0)
{
    Console.Error.WriteLine($"error : {Path.GetFileName(source)} has no type {string.Join(", ", wanted)}: this build was checked with ML.NET 6.0. See docs/mlnet-internals.md.");
    return 1;
}

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(destination))!);
string beside = $"{destination}.{Environment.ProcessId}"; // whole or not at all: another build may be reading it
File.WriteAllBytes(beside, bytes);
File.Move(beside, destination, overwrite: true);
return 0;

static string FullName(MetadataReader metadata, TypeDefinition type)
{
    string name = metadata.GetString(type.Name);
    if (!type.GetDeclaringType().IsNil)
        return FullName(metadata, metadata.GetTypeDefinition(type.GetDeclaringType())) + "/" + name;
    return type.Namespace.IsNil ? name : metadata.GetString(type.Namespace) + "." + name;
}

static int Offset(MetadataReader metadata, int start, TableIndex table, int row) =>
    start + metadata.GetTableMetadataOffset(table) + (row - 1) * metadata.GetTableRowSize(table);

static void ExposeType(Span<byte> row)
{
    uint flags = BinaryPrimitives.ReadUInt32LittleEndian(row);
    uint visibility = (flags & 7) >= 2 ? 2u : 1u; // nested public, public
    BinaryPrimitives.WriteUInt32LittleEndian(row, flags & ~7u | visibility);
}

static void ExposeMember(Span<byte> flags)
{
    int access = flags[0] & 7;
    int exposed = access switch
    {
        3 or 5 => 6, // internal, protected internal: public
        2 => 4,      // private protected: protected
        _ => access,
    };
    flags[0] = (byte)(flags[0] & ~7 | exposed);
}
