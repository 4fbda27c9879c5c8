namespace LLoCO.Core.Checkpoints;

/// <summary>
/// The allow-list of names in <c>torch.save</c> pickles, and what calling each of them yields. Everything else is refused by
/// name; no code is found or run by name at all (what PyTorch's <c>weights_only</c> unpickler allows, less what no checkpoint of
/// tensors needs).
/// </summary>
internal static class TorchConstructors
{
    /// <summary>PyTorch's own limit.</summary>
    private const int MaxDimensions = 64;

    private static readonly Dictionary<string, PickleNameKind> Names = new(StringComparer.Ordinal)
    {
        ["collections.OrderedDict"] = PickleNameKind.OrderedDictionary,
        ["torch._utils._rebuild_tensor"] = PickleNameKind.RebuildTensor,
        ["torch._utils._rebuild_tensor_v2"] = PickleNameKind.RebuildTensor,
        ["torch._utils._rebuild_tensor_v3"] = PickleNameKind.RebuildTypedTensor,
        ["torch._utils._rebuild_parameter"] = PickleNameKind.RebuildParameter,
        ["torch._utils._rebuild_parameter_with_state"] = PickleNameKind.RebuildParameter,
        ["torch._tensor._rebuild_from_type_v2"] = PickleNameKind.RebuildFromType,
        ["torch.Tensor"] = PickleNameKind.TensorClass,
        ["torch._tensor.Tensor"] = PickleNameKind.TensorClass,
        ["torch.nn.parameter.Parameter"] = PickleNameKind.TensorClass,
        ["torch.nn.Parameter"] = PickleNameKind.TensorClass,
        ["torch.Size"] = PickleNameKind.Size,
        ["torch.storage.UntypedStorage"] = PickleNameKind.UntypedStorage,
        ["torch.UntypedStorage"] = PickleNameKind.UntypedStorage,
    };

    /// <summary>Finds a name in the allow-list.</summary>
    public static PickleName? Find(string module, string name)
    {
        string full = $"{module}.{name}";
        if (Names.TryGetValue(full, out PickleNameKind kind))
        {
            return new PickleName(kind, full);
        }

        if (module is "torch" or "torch.storage" && ElementTypes.TryFromTorchStorage(name, out ElementType type))
        {
            return new PickleName(PickleNameKind.Storage, full, type);
        }

        return module == "torch" && ElementTypes.TryFromTorchDtype(name, out type)
            ? new PickleName(PickleNameKind.Dtype, full, type)
            : null;
    }

    /// <summary>Creates the value that a call of an allowed name with arguments describes.</summary>
    /// <exception cref="FormatException">The arguments are not those of the constructor.</exception>
    public static object Call(PickleName name, object?[] arguments) => (name.Kind, arguments) switch
    {
        (PickleNameKind.OrderedDictionary, []) => new PickleDictionary(),
        (PickleNameKind.Size, [object?[] sizes]) => sizes,
        (PickleNameKind.RebuildTensor,
            [PickleStorage { Type: { } type } storage, long offset, object?[] shape, object?[] strides, .. var rest])
            when IsPlain(rest, max: 3) => new PickleTensor(storage, type, offset, Longs(shape), Longs(strides)),
        (PickleNameKind.RebuildTypedTensor,
            [PickleStorage storage, long offset, object?[] shape, object?[] strides, _, _, PickleName { Type: { } type } dtype,
            .. var rest])
            when dtype.Kind == PickleNameKind.Dtype && IsPlain(rest, max: 1) =>
            new PickleTensor(storage, type, offset, Longs(shape), Longs(strides)),
        (PickleNameKind.RebuildParameter, [PickleTensor tensor, ..]) => tensor,
        (PickleNameKind.RebuildFromType, [PickleName inner, PickleName { Kind: PickleNameKind.TensorClass }, object?[] rest, ..])
            when inner.Kind is PickleNameKind.RebuildTensor or PickleNameKind.RebuildTypedTensor => Call(inner, rest),
        _ => throw new FormatException($"{name.Name} is called with arguments that it does not take"),
    };

    /// <summary>Creates the storage that a persistent id describes: <c>('storage', class, key, device, count, ...)</c>.</summary>
    /// <exception cref="FormatException">It is no such tuple.</exception>
    public static PickleStorage Persistent(object? id) => id switch
    {
        object?[] and ["storage", PickleName name, string key, string, long count]
            when name.Kind is PickleNameKind.Storage or PickleNameKind.UntypedStorage && count >= 0 =>
            new PickleStorage(key, name.Type, count),
        _ => throw new FormatException("a persistent id is not a storage"),
    };

    /// <summary>
    /// requires_grad, hooks and metadata follow the strides. Metadata may ask for the numbers to be negated or conjugated, which
    /// must not be ignored.
    /// </summary>
    private static bool IsPlain(object?[] rest, int max) =>
        rest.Length <= max && rest.All(r => r is null or bool or PickleDictionary { Items: [] });

    /// <summary>Copies a shape, which is bounded: a call costs a file a few bytes, and must cost little here.</summary>
    private static long[] Longs(object?[] values) => values.Length > MaxDimensions
        ? throw new FormatException($"a tensor has {values.Length} dimensions; at most {MaxDimensions} are read")
        : Array.ConvertAll(
            values,
            value => value is long number
                ? number
                : throw new FormatException("a shape or stride holds something other than integers"));
}
