using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace LLoCO.Core.Tests.Layers;

/// <summary>Which type of an assembly refers to which types: bases, members, attributes and method bodies.</summary>
internal sealed class AssemblyScan : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly SignatureTypes _types;

    private AssemblyScan(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
        _types = new SignatureTypes(_metadata);
    }

    /// <summary>Scans the assembly that a type is in.</summary>
    public static IReadOnlyList<(TypeReference From, TypeReference To)> References(Type type)
    {
        using var scan = new AssemblyScan(type.Assembly.Location);
        return [.. scan._metadata.TypeDefinitions.SelectMany(scan.Of).Distinct()];
    }

    public void Dispose() => _file.Dispose();

    private IEnumerable<(TypeReference From, TypeReference To)> Of(TypeDefinitionHandle handle)
    {
        TypeReference from = _types.Outermost(handle);
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        IEnumerable<EntityHandle> handles =
        [
            type.BaseType,
            .. type.GetInterfaceImplementations().Select(item => _metadata.GetInterfaceImplementation(item).Interface),
            .. type.GetCustomAttributes().Select(item => _metadata.GetCustomAttribute(item).Constructor),
            .. type.GetFields().Select(field => (EntityHandle)field),
            .. type.GetMethods().Select(method => (EntityHandle)method),
            .. type.GetMethods().SelectMany(Body),
        ];
        return handles.Where(item => !item.IsNil).SelectMany(Types).Where(to => to != from).Select(to => (from, to));
    }

    private IEnumerable<EntityHandle> Body(MethodDefinitionHandle handle)
    {
        int address = _metadata.GetMethodDefinition(handle).RelativeVirtualAddress;
        if (address == 0)
        {
            return [];
        }

        MethodBodyBlock body = _file.GetMethodBody(address);
        return
        [
            body.LocalSignature,
            .. body.ExceptionRegions.Select(region => region.CatchType),
            .. IntermediateCode.Tokens(body.GetILReader()),
        ];
    }

    private IEnumerable<TypeReference> Types(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => [_types.Outermost((TypeDefinitionHandle)handle)],
        HandleKind.TypeReference => [_types.Outermost((TypeReferenceHandle)handle)],
        HandleKind.TypeSpecification => _types.GetTypeFromSpecification(_metadata, null, (TypeSpecificationHandle)handle, 0),
        HandleKind.FieldDefinition => Field((FieldDefinitionHandle)handle),
        HandleKind.MethodDefinition => Method((MethodDefinitionHandle)handle),
        HandleKind.MemberReference => Member((MemberReferenceHandle)handle),
        HandleKind.MethodSpecification => GenericMethod((MethodSpecificationHandle)handle),
        HandleKind.StandaloneSignature => Signature((StandaloneSignatureHandle)handle),
        _ => throw new InvalidOperationException($"Unexpected {handle.Kind} in a method's body."),
    };

    private IEnumerable<TypeReference> Field(FieldDefinitionHandle handle)
    {
        FieldDefinition field = _metadata.GetFieldDefinition(handle);
        return field.DecodeSignature(_types, null).Append(_types.Outermost(field.GetDeclaringType()));
    }

    private IEnumerable<TypeReference> Method(MethodDefinitionHandle handle)
    {
        MethodDefinition method = _metadata.GetMethodDefinition(handle);
        return SignatureTypes.All(method.DecodeSignature(_types, null)).Append(_types.Outermost(method.GetDeclaringType()));
    }

    private IEnumerable<TypeReference> Member(MemberReferenceHandle handle)
    {
        MemberReference member = _metadata.GetMemberReference(handle);
        IEnumerable<TypeReference> signature = member.GetKind() == MemberReferenceKind.Field
            ? member.DecodeFieldSignature(_types, null)
            : SignatureTypes.All(member.DecodeMethodSignature(_types, null));
        return signature.Concat(Types(member.Parent));
    }

    private IEnumerable<TypeReference> GenericMethod(MethodSpecificationHandle handle)
    {
        MethodSpecification method = _metadata.GetMethodSpecification(handle);
        return method.DecodeSignature(_types, null).SelectMany(types => types).Concat(Types(method.Method));
    }

    private IEnumerable<TypeReference> Signature(StandaloneSignatureHandle handle)
    {
        StandaloneSignature signature = _metadata.GetStandaloneSignature(handle);
        return signature.GetKind() == StandaloneSignatureKind.LocalVariables
            ? signature.DecodeLocalSignature(_types, null).SelectMany(types => types)
            : SignatureTypes.All(signature.DecodeMethodSignature(_types, null));
    }
}
