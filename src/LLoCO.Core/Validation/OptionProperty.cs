using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace LLoCO.Core.Validation;

/// <summary>What is known about one property of an options record; read from its declaration once.</summary>
/// <param name="Property">The property.</param>
/// <param name="MayBeNull">Whether its type allows <see langword="null"/>.</param>
/// <param name="Range">The range that it declares, if any.</param>
/// <param name="IsPath">Whether it names a file or folder.</param>
/// <param name="SetBy">The call that sets it, where the property itself says so.</param>
internal sealed record OptionProperty(PropertyInfo Property, bool MayBeNull, RangeAttribute? Range, bool IsPath, string? SetBy)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<OptionProperty>> Known = new();

    /// <summary>Reads the declarations of an options record.</summary>
    /// <param name="options">Its type.</param>
    /// <returns>The properties that can be read.</returns>
    public static IReadOnlyList<OptionProperty> FindAll(Type options) => Known.GetOrAdd(options, Read);

    /// <summary>Tells whether a value has options of its own to be looked at.</summary>
    /// <param name="value">The value of a property.</param>
    public static bool IsOptions(object value) =>
        value.GetType() is var type && !type.IsEnum
        && type.Namespace?.StartsWith("LLoCO.", StringComparison.Ordinal) == true
        && (type.IsValueType || type.Name.EndsWith("Options", StringComparison.Ordinal));

    private static IReadOnlyList<OptionProperty> Read(Type options)
    {
        var nullability = new NullabilityInfoContext();
        return [.. options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .Select(property => new OptionProperty(
                property,
                nullability.Create(property).ReadState != NullabilityState.NotNull,
                property.GetCustomAttribute<RangeAttribute>(),
                property.IsDefined(typeof(FilePathAttribute)),
                property.GetCustomAttribute<SetByAttribute>()?.Call))];
    }
}
