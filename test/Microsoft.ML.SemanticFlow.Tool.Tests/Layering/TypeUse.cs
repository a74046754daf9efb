// Licensed under the MIT License.
// See LICENSE in the project root for license information.

using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Microsoft.ML.SemanticFlow.Tool.Tests.Layering;

/// <summary>That one type of an assembly names another, of its own or of another assembly.</summary>
/// <param name="User">Full name of the outermost type that names.</param>
/// <param name="UserFile">Its source file below the project's folder, with slashes.</param>
/// <param name="Used">Full name of the type that is named.</param>
/// <param name="UsedFile">Its source file; null when it is of another assembly.</param>
/// <param name="UsedAssembly">The assembly of <paramref name="Used"/>.</param>
internal sealed record TypeUse(string User, string UserFile, string Used, string? UsedFile, string UsedAssembly)
{
    /// <summary>Reads an assembly and its symbols: signatures, base types, and the instructions of every method.</summary>
    public static IReadOnlyList<TypeUse> Read(string assembly, string project)
    {
        using var image = new PEReader(new MemoryStream(File.ReadAllBytes(assembly)));
        using var symbols = MetadataReaderProvider.FromPortablePdbImage([.. File.ReadAllBytes(Path.ChangeExtension(assembly, ".pdb"))]);
        return new Reader(image, symbols.GetMetadataReader(), project).Read();
    }

    private sealed class Reader(PEReader image, MetadataReader symbols, string project) : ISignatureTypeProvider<object?, object?>
    {
        // Where the compiler notes the file of a type without instructions, such as an enum.
        private static readonly Guid _typeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");
        private static readonly Dictionary<ushort, OpCode> _opCodes = typeof(OpCodes).GetFields()
            .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (ushort)code.Value);

        private readonly MetadataReader _metadata = image.GetMetadataReader();
        private readonly HashSet<EntityHandle> _used = [];

        public IReadOnlyList<TypeUse> Read()
        {
            var uses = new HashSet<TypeUse>();
            string name = _metadata.GetString(_metadata.GetAssemblyDefinition().Name);
            foreach (var handle in _metadata.TypeDefinitions)
            {
                var user = Outermost(handle);
                if (FileOf(user) is not { } file)
                    continue;
                _used.Clear();
                Collect(_metadata.GetTypeDefinition(handle));
                foreach (var used in _used)
                {
                    if (used.Kind == HandleKind.TypeReference)
                    {
                        var (fullName, from) = Resolve((TypeReferenceHandle)used);
                        uses.Add(new TypeUse(NameOf(user), file, fullName, null, from));
                    }
                    else if (Outermost((TypeDefinitionHandle)used) is var outer && outer != user && FileOf(outer) is { } usedFile)
                    {
                        uses.Add(new TypeUse(NameOf(user), file, NameOf(outer), usedFile, name));
                    }
                }
            }

            return [.. uses.OrderBy(use => use.User, StringComparer.Ordinal).ThenBy(use => use.Used, StringComparer.Ordinal)];
        }

        private void Collect(TypeDefinition type)
        {
            Add(type.BaseType);
            foreach (var implemented in type.GetInterfaceImplementations())
                Add(_metadata.GetInterfaceImplementation(implemented).Interface);
            foreach (var field in type.GetFields())
                _metadata.GetFieldDefinition(field).DecodeSignature(this, null);
            foreach (var handle in type.GetMethods())
            {
                var method = _metadata.GetMethodDefinition(handle);
                method.DecodeSignature(this, null);
                if (method.RelativeVirtualAddress == 0)
                    continue;
                var body = image.GetMethodBody(method.RelativeVirtualAddress);
                if (!body.LocalSignature.IsNil)
                    _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null);
                foreach (var region in body.ExceptionRegions)
                    Add(region.CatchType);
                CollectInstructions(body.GetILBytes()!);
            }
        }

        private void CollectInstructions(byte[] il)
        {
            for (int at = 0; at < il.Length;)
            {
                ushort value = il[at++];
                if (value == 0xFE)
                    value = (ushort)(0xFE00 | il[at++]);
                switch (_opCodes[value].OperandType)
                {
                    case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                        Add(MetadataTokens.EntityHandle(BitConverter.ToInt32(il, at)));
                        at += 4;
                        break;
                    case OperandType.InlineSwitch:
                        at += 4 + 4 * BitConverter.ToInt32(il, at);
                        break;
                    case OperandType.InlineNone:
                        break;
                    case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                        at += 1;
                        break;
                    case OperandType.InlineVar:
                        at += 2;
                        break;
                    case OperandType.InlineI8 or OperandType.InlineR:
                        at += 8;
                        break;
                    default:
                        at += 4;
                        break;
                }
            }
        }

        private void Add(EntityHandle handle)
        {
            if (handle.IsNil)
                return;
            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition or HandleKind.TypeReference:
                    _used.Add(handle);
                    break;
                case HandleKind.TypeSpecification:
                    _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                    break;
                case HandleKind.MethodDefinition:
                    Add(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.FieldDefinition:
                    Add(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                    break;
                case HandleKind.MemberReference:
                    Add(_metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                    break;
                case HandleKind.MethodSpecification:
                    var method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                    Add(method.Method);
                    method.DecodeSignature(this, null);
                    break;
                default:
                    break;
            }
        }

        private TypeDefinitionHandle Outermost(TypeDefinitionHandle handle) =>
            _metadata.GetTypeDefinition(handle).GetDeclaringType() is { IsNil: false } declaring ? Outermost(declaring) : handle;

        private string NameOf(TypeDefinitionHandle handle)
        {
            var type = _metadata.GetTypeDefinition(handle);
            return $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
        }

        private (string Name, string Assembly) Resolve(TypeReferenceHandle handle)
        {
            var type = _metadata.GetTypeReference(handle);
            string name = type.Namespace.IsNil ? _metadata.GetString(type.Name) : $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
            return type.ResolutionScope.Kind switch
            {
                HandleKind.TypeReference => Resolve((TypeReferenceHandle)type.ResolutionScope),
                HandleKind.AssemblyReference => (name, _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name)),
                _ => (name, ""),
            };
        }

        /// <summary>The first file of the project that the type or a type within it comes from; null for generated code.</summary>
        private string? FileOf(TypeDefinitionHandle handle)
        {
            foreach (var information in symbols.GetCustomDebugInformation(handle))
            {
                var found = symbols.GetCustomDebugInformation(information);
                if (symbols.GetGuid(found.Kind) != _typeDocuments)
                    continue;
                var documents = symbols.GetBlobReader(found.Value);
                return Relative(MetadataTokens.DocumentHandle(documents.ReadCompressedInteger()));
            }

            var type = _metadata.GetTypeDefinition(handle);
            foreach (var method in type.GetMethods())
            {
                var information = symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
                foreach (var point in information.GetSequencePoints())
                    return Relative(point.Document);
            }

            return type.GetNestedTypes().Select(FileOf).FirstOrDefault(file => file is not null);
        }

        private string? Relative(DocumentHandle document)
        {
            string path = symbols.GetString(symbols.GetDocument(document).Name).Replace('\\', '/');
            int start = path.LastIndexOf($"/src/{project}/", StringComparison.Ordinal);
            string? file = start < 0 ? null : path[(start + "/src/".Length + project.Length + 1)..];
            return file is null || file.StartsWith("obj/", StringComparison.Ordinal) ? null : file;
        }

        // Every type that a signature names lands in _used; the decoded value itself is of no interest.
        object? ISimpleTypeProvider<object?>.GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => _used.Add(handle);

        object? ISimpleTypeProvider<object?>.GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => _used.Add(handle);

        object? ISignatureTypeProvider<object?, object?>.GetTypeFromSpecification(
            MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, null);

        object? ISimpleTypeProvider<object?>.GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

        object? IConstructedTypeProvider<object?>.GetArrayType(object? elementType, ArrayShape shape) => null;

        object? IConstructedTypeProvider<object?>.GetByReferenceType(object? elementType) => null;

        object? IConstructedTypeProvider<object?>.GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;

        object? IConstructedTypeProvider<object?>.GetPointerType(object? elementType) => null;

        object? ISZArrayTypeProvider<object?>.GetSZArrayType(object? elementType) => null;

        object? ISignatureTypeProvider<object?, object?>.GetFunctionPointerType(MethodSignature<object?> signature) => null;

        object? ISignatureTypeProvider<object?, object?>.GetGenericMethodParameter(object? genericContext, int index) => null;

        object? ISignatureTypeProvider<object?, object?>.GetGenericTypeParameter(object? genericContext, int index) => null;

        object? ISignatureTypeProvider<object?, object?>.GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

        object? ISignatureTypeProvider<object?, object?>.GetPinnedType(object? elementType) => null;
    }
}
