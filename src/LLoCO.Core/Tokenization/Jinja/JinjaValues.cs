namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>
/// What values are: <see langword="null"/> (None), <see cref="JinjaUndefined"/>, bool, long, double, string, lists
/// (<see cref="List{T}"/>) and tuples (arrays) of values, <see cref="JinjaMap"/>, <see cref="JinjaNamespace"/>,
/// <see cref="JinjaLoop"/>, <see cref="JinjaFunction"/>.
/// </summary>
internal static class JinjaValues
{
    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        JinjaMap map => map.Count > 0,
        _ => true,
    };

    /// <summary>The elements of a list, the keys of a mapping, the characters of a text; <see langword="null"/> for what has
    /// none.</summary>
    public static IEnumerable<object?>? Elements(object? value) => value switch
    {
        JinjaUndefined => [],
        string text => Characters(text),
        IReadOnlyList<object?> list => list,
        JinjaMap map => map.Keys,
        _ => null,
    };

    /// <summary>Counts elements; <see langword="null"/> for what has none. Texts are counted in characters, as Python does.</summary>
    public static long? Count(object? value) => value switch
    {
        JinjaUndefined => 0,
        string text => text.Length - text.Count(char.IsLowSurrogate),
        IReadOnlyList<object?> list => list.Count,
        JinjaMap map => map.Count,
        _ => null,
    };

    /// <summary>Names a kind of value for messages.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "none",
        JinjaUndefined undefined => $"'{undefined.Name}', which is not defined",
        bool => "a truth value",
        long or double => "a number",
        string => "a string",
        object?[] or List<object?> => "a list",
        JinjaMap => "a mapping",
        JinjaFunction function => $"the function '{function.Name}'",
        _ => "an object",
    };

    /// <summary>A value as a number, truth values included.</summary>
    public static bool IsNumber(object? value, out double number)
    {
        number = value switch
        {
            bool flag => flag ? 1 : 0,
            long whole => whole,
            double any => any,
            _ => double.NaN,
        };
        return value is bool or long or double;
    }

    /// <summary>Whether two values are equal, as Python compares them.</summary>
    public static bool AreEqual(object? one, object? other, JinjaRun run, int at, int depth = 0)
    {
        JinjaJson.Check(run, at, depth);
        if (one is null or JinjaUndefined || other is null or JinjaUndefined)
        {
            return (one is null && other is null) || (one is JinjaUndefined && other is JinjaUndefined);
        }

        if (one is long whole && other is long second)
        {
            return whole == second;
        }

        if (IsNumber(one, out double first) && IsNumber(other, out double last))
        {
            return first.Equals(last);
        }

        return (one, other) switch
        {
            (string text, string with) => IsSame(text, with, run, at),
            (object?[] list, object?[] with) => AreEqual(list, with, run, at, depth),
            (List<object?> list, List<object?> with) => AreEqual(list, with, run, at, depth),
            (JinjaMap map, JinjaMap with) => map.Count == with.Count && map.All(
                entry => with.TryGetValue(entry.Key, out object? value) && AreEqual(entry.Value, value, run, at, depth + 1)),
            _ => ReferenceEquals(one, other),
        };
    }

    /// <summary>Compares two values; <see langword="null"/> where they have no order.</summary>
    public static int? Compare(object? one, object? other) => (one, other) switch
    {
        (string text, string with) => CompareCharacters(text, with),
        (long whole, long with) => whole.CompareTo(with),
        _ when IsNumber(one, out double first) && IsNumber(other, out double second) => first.CompareTo(second),
        _ => null,
    };

    /// <summary>Whether a list, mapping or text holds a value; <see langword="null"/> where that cannot be asked.</summary>
    public static bool? Find(object? container, object? value, JinjaRun run, int at) => (container, value) switch
    {
        (string text, string part) => text.Contains(part, StringComparison.Ordinal),
        (string, _) => null,
        (JinjaMap map, string key) => map.ContainsKey(key),
        _ => Elements(container)?.Any(element => AreEqual(element, value, run, at)),
    };

    /// <summary>The characters of a text, pairs of surrogates as one.</summary>
    public static IEnumerable<string> Characters(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int length = char.IsSurrogatePair(text, at) ? 2 : 1;
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static bool IsSame(string one, string other, JinjaRun run, int at)
    {
        run.Spend(at, one.Length == other.Length ? one.Length : 0);
        return one.Equals(other, StringComparison.Ordinal);
    }

    private static bool AreEqual(
        IReadOnlyList<object?> one, IReadOnlyList<object?> other, JinjaRun run, int at, int depth) =>
        one.Count == other.Count && Enumerable.Range(0, one.Count).All(i => AreEqual(one[i], other[i], run, at, depth + 1));

    // By code point: surrogates come after the characters above them.
    private static int CompareCharacters(string one, string other)
    {
        int at = one.AsSpan().CommonPrefixLength(other);
        if (at == one.Length || at == other.Length)
        {
            return one.Length - other.Length;
        }

        bool first = char.IsSurrogate(one[at]);
        return first == char.IsSurrogate(other[at]) ? one[at] - other[at] : first ? 1 : -1;
    }
}
