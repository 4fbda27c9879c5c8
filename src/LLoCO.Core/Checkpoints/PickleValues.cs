namespace LLoCO.Core.Checkpoints;

/// <summary>
/// A <c>dict</c> or <c>OrderedDict</c> of a pickle. Its list is made on first use: an empty one costs a hostile file one
/// byte, and must not cost much more here.
/// </summary>
internal sealed class PickleDictionary
{
    private List<KeyValuePair<object, object?>>? _items;

    public IReadOnlyList<KeyValuePair<object, object?>> Items => _items is null ? [] : _items;

    public void Add(object key, object? value) => (_items ??= []).Add(new(key, value));
}

/// <summary>A <c>list</c> of a pickle.</summary>
internal sealed class PickleList
{
    private List<object?>? _items;

    public IReadOnlyList<object?> Items => _items is null ? [] : _items;

    public void Add(object? item) => (_items ??= []).Add(item);
}

/// <summary>
/// A name that a pickle refers to, already found in the allow-list. It is a name only: nothing is looked up or run.
/// </summary>
/// <param name="Kind">What it stands for.</param>
/// <param name="Type">Number format, for storages and dtypes.</param>
/// <param name="Name"><c>module.name</c>, for messages.</param>
internal sealed record PickleName(PickleNameKind Kind, string Name, ElementType? Type = null);

/// <summary>The kind of an allowed name.</summary>
internal enum PickleNameKind
{
    /// <summary><c>collections.OrderedDict</c>.</summary>
    OrderedDictionary,

    /// <summary><c>torch._utils._rebuild_tensor</c> and <c>_rebuild_tensor_v2</c>.</summary>
    RebuildTensor,

    /// <summary><c>torch._utils._rebuild_tensor_v3</c>: the same, with a dtype beside an untyped storage.</summary>
    RebuildTypedTensor,

    /// <summary><c>torch._utils._rebuild_parameter</c> and <c>_rebuild_parameter_with_state</c>.</summary>
    RebuildParameter,

    /// <summary><c>torch._tensor._rebuild_from_type_v2</c>: another constructor and its arguments.</summary>
    RebuildFromType,

    /// <summary>A tensor class, an argument of <see cref="RebuildFromType"/>.</summary>
    TensorClass,

    /// <summary><c>torch.Size</c>: a tuple.</summary>
    Size,

    /// <summary>A storage class with a number format.</summary>
    Storage,

    /// <summary><c>torch.storage.UntypedStorage</c>: bytes.</summary>
    UntypedStorage,

    /// <summary>A <c>torch</c> dtype.</summary>
    Dtype,
}

/// <summary>A storage that a pickle refers to.</summary>
/// <param name="Key">Its entry in the archive, below <c>data/</c>.</param>
/// <param name="Type">Its number format; none for untyped bytes.</param>
/// <param name="Count">Its elements, or bytes where it is untyped.</param>
internal sealed record PickleStorage(string Key, ElementType? Type, long Count);

/// <summary>A tensor that a pickle describes: a view of a storage, not yet checked against it.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Type">Number format.</param>
/// <param name="Offset">First element in the storage.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Strides">Elements from one index to the next, per dimension.</param>
internal sealed record PickleTensor(PickleStorage Storage, ElementType Type, long Offset, long[] Shape, long[] Strides);
