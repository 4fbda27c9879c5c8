using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace LLoCO.Core.Tests.Layers;

/// <summary>Collects the named types of a signature: of <c>Dictionary&lt;string, Tensor[]&gt;</c> all three.</summary>
internal sealed class SignatureTypes(MetadataReader metadata) : ISignatureTypeProvider<IEnumerable<TypeReference>, object?>
{
    public IEnumerable<TypeReference> GetTypeFromDefinition(
        MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        [Outermost(handle)];

    public IEnumerable<TypeReference> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        [Outermost(handle)];

    public IEnumerable<TypeReference> GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        metadata.GetTypeSpecification(handle).DecodeSignature(this, null);

    public IEnumerable<TypeReference> GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

    public IEnumerable<TypeReference> GetGenericMethodParameter(object? genericContext, int index) => [];

    public IEnumerable<TypeReference> GetGenericTypeParameter(object? genericContext, int index) => [];

    public IEnumerable<TypeReference> GetArrayType(IEnumerable<TypeReference> elementType, ArrayShape shape) => elementType;

    public IEnumerable<TypeReference> GetSZArrayType(IEnumerable<TypeReference> elementType) => elementType;

    public IEnumerable<TypeReference> GetByReferenceType(IEnumerable<TypeReference> elementType) => elementType;

    public IEnumerable<TypeReference> GetPointerType(IEnumerable<TypeReference> elementType) => elementType;

    public IEnumerable<TypeReference> GetPinnedType(IEnumerable<TypeReference> elementType) => elementType;

    public IEnumerable<TypeReference> GetModifiedType(
        IEnumerable<TypeReference> modifier, IEnumerable<TypeReference> unmodifiedType, bool isRequired) =>
        modifier.Concat(unmodifiedType);

    public IEnumerable<TypeReference> GetGenericInstantiation(
        IEnumerable<TypeReference> genericType, ImmutableArray<IEnumerable<TypeReference>> typeArguments) =>
        genericType.Concat(typeArguments.SelectMany(types => types));

    public IEnumerable<TypeReference> GetFunctionPointerType(MethodSignature<IEnumerable<TypeReference>> signature) =>
        All(signature);

    /// <summary>The types of parameters and result.</summary>
    public static IEnumerable<TypeReference> All(MethodSignature<IEnumerable<TypeReference>> signature) =>
        signature.ReturnType.Concat(signature.ParameterTypes.SelectMany(types => types));

    /// <summary>A type of the scanned assembly, or the one around it where it is nested.</summary>
    public TypeReference Outermost(TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        return outer.IsNil
            ? new TypeReference(string.Empty, metadata.GetString(type.Namespace), metadata.GetString(type.Name))
            : Outermost(outer);
    }

    /// <summary>A type of another assembly, or the one around it where it is nested.</summary>
    public TypeReference Outermost(TypeReferenceHandle handle)
    {
        System.Reflection.Metadata.TypeReference type = metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind switch
        {
            HandleKind.TypeReference => Outermost((TypeReferenceHandle)type.ResolutionScope),
            HandleKind.AssemblyReference => new TypeReference(
                metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name),
                metadata.GetString(type.Namespace),
                metadata.GetString(type.Name)),
            _ => new TypeReference(string.Empty, metadata.GetString(type.Namespace), metadata.GetString(type.Name)),
        };
    }
}
