using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace LLoCO.Extensions.Hosting.Settings;

/// <summary>Finds keys of a configuration that no setting has: most are slips of the pen, which would change nothing silently.</summary>
internal static class UnknownKeys
{
    /// <summary>Compares the keys below a section with the properties of its options.</summary>
    /// <param name="section">The section.</param>
    /// <param name="options">The type that it is bound to.</param>
    /// <returns>One sentence for each unknown key.</returns>
    public static IEnumerable<string> Find(IConfiguration section, Type options)
    {
        Dictionary<string, PropertyInfo> known = options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && !typeof(Delegate).IsAssignableFrom(property.PropertyType))
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (!known.TryGetValue(child.Key, out PropertyInfo? property))
            {
                yield return $"{child.Path} is no setting. There are {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.";
                continue;
            }

            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (IsValue(type))
            {
                if (child.Value is null && child.GetChildren().Any())
                {
                    yield return $"{child.Path} is one value, not a section.";
                }
            }
            else if (!typeof(IEnumerable).IsAssignableFrom(type))
            {
                foreach (string fault in child.Value is null or "" ? Find(child, type) : [$"{child.Path} is a section, not '{child.Value}'."])
                {
                    yield return fault;
                }
            }
        }
    }

    private static bool IsValue(Type type) => type == typeof(string) || type.IsPrimitive || type.IsEnum;
}
