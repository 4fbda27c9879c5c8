namespace LLoCO.Core.Checkpoints;

/// <summary>Sizes of element types, their names in files, and the byte length of a shape.</summary>
internal static class ElementTypes
{
    private static readonly Dictionary<string, ElementType> BySafetensorsName = new(StringComparer.Ordinal)
    {
        ["F32"] = ElementType.Float32,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["F64"] = ElementType.Float64,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Bool,
        ["U16"] = ElementType.UInt16,
        ["U32"] = ElementType.UInt32,
        ["U64"] = ElementType.UInt64,
        ["F8_E4M3"] = ElementType.Float8E4M3,
        ["F8_E5M2"] = ElementType.Float8E5M2,
        ["F8_E8M0"] = ElementType.Float8E8M0,
        ["C64"] = ElementType.Complex64,
    };

    /// <summary>Types of safetensors whose numbers do not end at bytes: 4- and 6-bit floats.</summary>
    private static readonly string[] PackedNames = ["F4", "F6_E2M3", "F6_E3M2"];

    private static readonly Dictionary<ElementType, string> SafetensorsNames =
        BySafetensorsName.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>Names of <c>torch.*Storage</c> classes, which pickles carry instead of a dtype.</summary>
    private static readonly Dictionary<string, ElementType> ByTorchStorage = new(StringComparer.Ordinal)
    {
        ["FloatStorage"] = ElementType.Float32,
        ["HalfStorage"] = ElementType.Float16,
        ["BFloat16Storage"] = ElementType.BFloat16,
        ["DoubleStorage"] = ElementType.Float64,
        ["LongStorage"] = ElementType.Int64,
        ["IntStorage"] = ElementType.Int32,
        ["ShortStorage"] = ElementType.Int16,
        ["CharStorage"] = ElementType.Int8,
        ["ByteStorage"] = ElementType.UInt8,
        ["BoolStorage"] = ElementType.Bool,
        ["ComplexFloatStorage"] = ElementType.Complex64,
    };

    private static readonly Dictionary<ElementType, string> TorchStorages = ByTorchStorage.ToDictionary(p => p.Value, p => p.Key);

    private static readonly Dictionary<string, ElementType> ByTorchDtype = new(StringComparer.Ordinal)
    {
        ["float32"] = ElementType.Float32,
        ["float16"] = ElementType.Float16,
        ["bfloat16"] = ElementType.BFloat16,
        ["float64"] = ElementType.Float64,
        ["int64"] = ElementType.Int64,
        ["int32"] = ElementType.Int32,
        ["int16"] = ElementType.Int16,
        ["int8"] = ElementType.Int8,
        ["uint8"] = ElementType.UInt8,
        ["bool"] = ElementType.Bool,
        ["uint16"] = ElementType.UInt16,
        ["uint32"] = ElementType.UInt32,
        ["uint64"] = ElementType.UInt64,
        ["float8_e4m3fn"] = ElementType.Float8E4M3,
        ["float8_e5m2"] = ElementType.Float8E5M2,
        ["float8_e8m0fnu"] = ElementType.Float8E8M0,
        ["complex64"] = ElementType.Complex64,
    };

    /// <summary>Gets the names that safetensors uses, for messages.</summary>
    public static string SafetensorsNameList { get; } = string.Join(", ", BySafetensorsName.Keys);

    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 or ElementType.Complex64 => 8,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
        ElementType.Int8 or ElementType.UInt8 or ElementType.Bool => 1,
        ElementType.Float8E4M3 or ElementType.Float8E5M2 or ElementType.Float8E8M0 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type."),
    };

    public static bool IsFloat(this ElementType type) =>
        type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16 or ElementType.Float64;

    /// <summary>Whether a type of safetensors packs numbers of less than a byte.</summary>
    public static bool IsPacked(string safetensorsName) => PackedNames.Contains(safetensorsName);

    public static string SafetensorsName(this ElementType type) => SafetensorsNames[type];

    public static string TorchStorage(this ElementType type) => TorchStorages.TryGetValue(type, out string? name)
        ? name
        : throw new ArgumentException($"torch.save has no storage of {type}.", nameof(type));

    public static bool TryFromSafetensors(string name, out ElementType type) => BySafetensorsName.TryGetValue(name, out type);

    public static bool TryFromTorchStorage(string name, out ElementType type) => ByTorchStorage.TryGetValue(name, out type);

    public static bool TryFromTorchDtype(string name, out ElementType type) => ByTorchDtype.TryGetValue(name, out type);

    /// <summary>Multiplies a shape out, refusing negative dimensions and anything that leaves 64 bits.</summary>
    /// <exception cref="CheckpointFormatException">A dimension is negative, or the product overflows.</exception>
    public static long CountElements(string file, string key, IReadOnlyList<long> shape, ElementType type)
    {
        // Zeros are left out of the product so that [0, 2^62, 2^62] is refused in any order of its dimensions.
        long product = type.Size();
        bool empty = false;
        foreach (long dimension in shape)
        {
            if (dimension < 0)
            {
                throw new CheckpointFormatException(file, key, $"dimension {dimension} in shape {Show(shape)} is negative");
            }

            empty |= dimension == 0;
            if (dimension > 1 && product > long.MaxValue / dimension)
            {
                throw new CheckpointFormatException(file, key, $"shape {Show(shape)} overflows 64 bits");
            }

            product *= Math.Max(dimension, 1);
        }

        return empty ? 0 : product / type.Size();
    }

    /// <summary>Shows a shape in messages; long ones are cut, since they come from untrusted files.</summary>
    public static string Show(IReadOnlyList<long> shape) =>
        shape.Count <= 8 ? $"[{string.Join(", ", shape)}]" : $"[{string.Join(", ", shape.Take(8))}, … {shape.Count} dimensions]";
}
