namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Filters of lists and mappings.</summary>
internal static class JinjaListFilters
{
    /// <summary>Gets the filters.</summary>
    public static IReadOnlyList<JinjaFunction> All { get; } =
    [
        new("list", [], call => call.Run.Made(call.At, call.Elements())),
        new("join", ["d", "attribute"], Join),
        new("first", [], call => Pick(call, call.Elements().Take(1))),
        new("last", [], call => Pick(call, call.Elements().TakeLast(1))),
        new("items", [], Items),
        new("dictsort", [], call => call.Run.Made(call.At, Entries(call).OrderBy(
            entry => ((string)entry[0]!).ToLowerInvariant(), StringComparer.Ordinal))),
        new("reverse", [], call => call.Subject is string text
            ? string.Concat(JinjaValues.Characters(text).Reverse())
            : call.Run.Made(call.At, call.Elements().Reverse())),
        new("sort", ["reverse", "case_sensitive", "attribute"], Sort),
        new("unique", ["case_sensitive", "attribute"], Unique),
        new("min", ["case_sensitive", "attribute"], call => Pick(call, Sorted(call, 0, 1).Take(1))),
        new("max", ["case_sensitive", "attribute"], call => Pick(call, Sorted(call, 0, 1).TakeLast(1))),
        new("map", [], Map) { TakesAny = true },
        new("select", [], call => Select(call, 0, wanted: true)) { TakesAny = true },
        new("reject", [], call => Select(call, 0, wanted: false)) { TakesAny = true },
        new("selectattr", [], call => Select(call, 1, wanted: true)) { TakesAny = true },
        new("rejectattr", [], call => Select(call, 1, wanted: false)) { TakesAny = true },
    ];

    /// <summary>The entries of a mapping as pairs.</summary>
    public static object Items(JinjaCall call) => call.Run.Made(call.At, Entries(call));

    private static IEnumerable<object?[]> Entries(JinjaCall call) => call.Subject switch
    {
        JinjaMap map => map.Select(entry => new[] { entry.Key, entry.Value }),
        JinjaUndefined => [],
        _ => throw call.Fault($"needs a mapping, not {JinjaValues.Describe(call.Subject)}."),
    };

    private static object? Pick(JinjaCall call, IEnumerable<object?> one) =>
        one.DefaultIfEmpty(new JinjaUndefined("an element of an empty list")).First();

    private static string Join(JinjaCall call)
    {
        string between = call.Argument(0) is null ? string.Empty : call.RequiredString(0);
        List<object?> texts = call.Run.Made(
            call.At, call.Elements().Select(one => call.Run.ToText(AttributeOf(call, one, call.Argument(1)), call.At)));
        call.Run.Spend(call.At, texts.Sum(text => (long)((string)text!).Length + between.Length));
        return string.Join(between, texts);
    }

    private static List<object?> Sort(JinjaCall call)
    {
        List<object?> sorted = Sorted(call, 1, 2);
        if (call.Flag(0, missing: false))
        {
            // Equal elements stay in their order, as in Python.
            IComparer<object?> order = new JinjaOrder(call);
            return [.. call.Elements().OrderByDescending(one => Key(call, one, 1, 2), order)];
        }

        return sorted;
    }

    private static List<object?> Sorted(JinjaCall call, int sensitive, int attribute) =>
        call.Run.Made(call.At, call.Elements().OrderBy(one => Key(call, one, sensitive, attribute), new JinjaOrder(call)));

    private static List<object?> Unique(JinjaCall call)
    {
        var kept = new List<object?>();
        var keys = new List<object?>();
        foreach (object? element in call.Elements())
        {
            object? key = Key(call, element, 0, 1);
            if (!keys.Exists(one => JinjaValues.AreEqual(one, key, call.Run, call.At)))
            {
                keys.Add(key);
                kept.Add(element);
            }
        }

        return kept;
    }

    private static object? Key(JinjaCall call, object? element, int sensitive, int attribute) =>
        AttributeOf(call, element, call.Argument(attribute)) is var key && key is string text && !call.Flag(sensitive, missing: false)
            ? text.ToLowerInvariant()
            : key;

    private static object? AttributeOf(JinjaCall call, object? element, object? path)
    {
        foreach (string name in path switch
        {
            null => [],
            string text => text.Split('.'),
            _ => throw call.Fault("needs a string as the name of an attribute."),
        })
        {
            element = long.TryParse(name, out long place)
                ? JinjaItem.Read(call.Run, call.At, element, place)
                : JinjaItem.Read(call.Run, call.At, element, name);
        }

        return element;
    }

    private static List<object?> Map(JinjaCall call)
    {
        // Jinja takes what counts as false for an empty list here.
        if (!JinjaValues.IsTrue(call.Subject))
        {
            return [];
        }

        if (call.Named.TryGetValue("attribute", out object? attribute))
        {
            string? unknown = call.Named.Keys.FirstOrDefault(name => name is not ("attribute" or "default"));
            return unknown is not null || call.Given.Count > 0
                ? throw call.Fault($"has no further argument '{unknown ?? "before the attribute"}'.")
                : call.Run.Made(call.At, call.Elements().Select(one => AttributeOf(call, one, attribute) is var found
                    && found is JinjaUndefined && call.Named.TryGetValue("default", out object? missing) ? missing : found));
        }

        string name = call.Given.Count > 0 ? call.Given[0] as string ?? string.Empty : string.Empty;
        JinjaFunction filter = JinjaFilters.Find(name) ?? throw call.Fault($"knows no filter '{name}'.");
        return call.Run.Made(
            call.At, call.Elements().Select(one => filter.Call(call.Run, call.At, one, [.. call.Given.Skip(1)], call.Named)));
    }

    private static List<object?> Select(JinjaCall call, int names, bool wanted)
    {
        object? attribute = names == 0 ? null : call.Given.Count > 0 ? call.Given[0] : throw call.Fault("needs an attribute.");
        string? name = call.Given.Count > names ? call.Given[names] as string ?? string.Empty : null;
        JinjaFunction? test = name is null ? null : JinjaTests.Find(name) ?? throw call.Fault($"knows no test '{name}'.");
        object?[] rest = [.. call.Given.Skip(names + 1)];
        return !JinjaValues.IsTrue(call.Subject) ? [] : call.Run.Made(call.At, call.Elements().Where(one =>
        {
            object? value = AttributeOf(call, one, attribute);
            return JinjaValues.IsTrue(test is null ? value : test.Call(call.Run, call.At, value, rest, call.Named)) == wanted;
        }));
    }
}

/// <summary>The order of a list's elements.</summary>
/// <param name="call">The filter that sorts.</param>
internal sealed class JinjaOrder(JinjaCall call) : IComparer<object?>
{
    /// <inheritdoc/>
    public int Compare(object? x, object? y)
    {
        call.Run.Step(call.At);
        return JinjaValues.Compare(x, y)
            ?? throw call.Fault($"cannot order {JinjaValues.Describe(x)} and {JinjaValues.Describe(y)}.");
    }
}
