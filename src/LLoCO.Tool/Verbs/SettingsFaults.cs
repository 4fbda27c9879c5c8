using System.Collections;
using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace LLoCO.Tool.Verbs;

/// <summary>Finds what is wrong with a file of settings, in the words of the file.</summary>
internal static class SettingsFaults
{
    private const BindingFlags Settable = BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase;

    /// <summary>Finds the first key that a type has no setting for, or a value that is none for it.</summary>
    /// <param name="settings">The settings, or a part of them.</param>
    /// <param name="type">What they are bound to.</param>
    /// <returns>The fault; <see langword="null"/> for none.</returns>
    public static string? Find(IConfiguration settings, Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        return settings is IConfigurationSection { Value: { } value } section
            ? FindInValue(section.Path, value, bare)
            : settings.GetChildren().Select(child => ItemOf(bare) is { } item ? Find(child, item) : FindInKey(child, bare))
                .FirstOrDefault(fault => fault is not null);
    }

    private static string? FindInKey(IConfigurationSection child, Type type) =>
        type.GetProperty(child.Key, Settable) is { SetMethod: not null } property
            ? Find(child, property.PropertyType)
            : $"'{child.Key}' is no setting{In(child)}. There are: {string.Join(", ", NamesOf(type))}.";

    private static string? FindInValue(string path, string value, Type type)
    {
        // An empty list or object of JSON has an empty value.
        if (value.Length == 0 || type == typeof(string))
        {
            return null;
        }

        TypeConverter converter = TypeDescriptor.GetConverter(type);
        return converter.CanConvertFrom(typeof(string)) && converter.IsValid(value)
            ? null
            : $"'{value}' is no value of {Named(path)}.";
    }

    private static string In(IConfigurationSection child)
    {
        string[] path = child.Path.Split(ConfigurationPath.KeyDelimiter);
        return path.Length == 1 ? string.Empty : $" of {Named(string.Join(ConfigurationPath.KeyDelimiter, path[..^1]))}";
    }

    /// <summary>Names a place; items of lists are counted from 1.</summary>
    private static string Named(string path) => string.Join(
        ", ", path.Split(ConfigurationPath.KeyDelimiter).Select(part => int.TryParse(part, out int number) ? $"item {number + 1}" : $"'{part}'"));

    private static IEnumerable<string> NamesOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is not null && !typeof(Delegate).IsAssignableFrom(property.PropertyType))
        .Select(property => char.ToLowerInvariant(property.Name[0]) + property.Name[1..]);

    private static Type? ItemOf(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type) && type.IsGenericType
        ? type.GetGenericArguments()[^1]
        : null;
}
