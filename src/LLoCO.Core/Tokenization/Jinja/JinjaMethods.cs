namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The methods of strings, lists and mappings that are supported.</summary>
internal static class JinjaMethods
{
    private static readonly Dictionary<string, JinjaFunction> Texts = new JinjaFunction[]
    {
        new("strip", ["chars"], call => JinjaTextFilters.Trim(call, left: true, right: true)),
        new("lstrip", ["chars"], call => JinjaTextFilters.Trim(call, left: true, right: false)),
        new("rstrip", ["chars"], call => JinjaTextFilters.Trim(call, left: false, right: true)),
        new("upper", [], call => call.Text.ToUpperInvariant()),
        new("lower", [], call => call.Text.ToLowerInvariant()),
        new("capitalize", [], call => JinjaTextFilters.Capitalize(call.Text)),
        new("title", [], call => JinjaTextFilters.Title(call.Text)),
        new("replace", ["old", "new", "count"], JinjaTextFilters.Replace),
        new("split", ["sep", "maxsplit"], call => JinjaSplitting.Split(call, fromEnd: false)),
        new("rsplit", ["sep", "maxsplit"], call => JinjaSplitting.Split(call, fromEnd: true)),
        new("splitlines", [], JinjaSplitting.Lines),
        new("startswith", ["prefix"], call => Affixes(call).Any(one => call.Text.StartsWith(one, StringComparison.Ordinal))),
        new("endswith", ["suffix"], call => Affixes(call).Any(one => call.Text.EndsWith(one, StringComparison.Ordinal))),
        new("removeprefix", ["prefix"], call => call.RequiredString(0) is var one
            && call.Text.StartsWith(one, StringComparison.Ordinal) ? call.Text[one.Length..] : call.Text),
        new("removesuffix", ["suffix"], call => call.RequiredString(0) is { Length: > 0 } one
            && call.Text.EndsWith(one, StringComparison.Ordinal) ? call.Text[..^one.Length] : call.Text),
        new("find", ["sub"], call => Place(call.Text, call.Text.IndexOf(call.RequiredString(0), StringComparison.Ordinal))),
        new("rfind", ["sub"], call => Place(call.Text, call.Text.LastIndexOf(call.RequiredString(0), StringComparison.Ordinal))),
        new("count", ["sub"], call => call.RequiredString(0) is { Length: > 0 } part
            ? call.Text.Split(part).Length - 1L : throw call.Fault("needs something to count.")),
        new("join", ["iterable"], Join),
        new("isdigit", [], call => call.Text.Length > 0 && call.Text.All(char.IsDigit)),
        new("isspace", [], call => call.Text.Length > 0 && call.Text.All(PythonWhiteSpace.Contains)),
    }.ToDictionary(method => method.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, JinjaFunction> Maps = new JinjaFunction[]
    {
        new("get", ["key", "default"], call =>
            ((JinjaMap)call.Subject!).TryGetValue(call.Required(0) as string ?? string.Empty, out object? value)
                ? value : call.Argument(1)),
        new("items", [], JinjaListFilters.Items),
        new("keys", [], call => call.Run.Made(call.At, ((JinjaMap)call.Subject!).Keys)),
        new("values", [], call => call.Run.Made(call.At, ((JinjaMap)call.Subject!).Values)),
    }.ToDictionary(method => method.Name, StringComparer.Ordinal);

    private static readonly Dictionary<string, JinjaFunction> Lists = new JinjaFunction[]
    {
        new("index", ["value"], call => Places(call).DefaultIfEmpty(-1).First() is >= 0 and var place
            ? place : throw call.Fault("does not find the value.")),
        new("count", ["value"], call => (long)Places(call).Count()),
    }.ToDictionary(method => method.Name, StringComparer.Ordinal);

    /// <summary>Finds a method of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The method's name.</param>
    /// <returns>The method, bound to the value; <see langword="null"/> where it has none of that name.</returns>
    public static JinjaFunction? Find(object? value, string name)
    {
        JinjaFunction? method = value switch
        {
            string => Texts.GetValueOrDefault(name),
            JinjaMap => Maps.GetValueOrDefault(name),
            IReadOnlyList<object?> => Lists.GetValueOrDefault(name),
            _ => null,
        };
        return method is null ? null : method with
        {
            Body = call => method.Body(new JinjaCall(call.Run, method, call.At, value, call.Given, call.Named)),
        };
    }

    private static IEnumerable<string> Affixes(JinjaCall call) => call.Required(0) switch
    {
        string one => [one],
        object?[] several => several.OfType<string>(),
        _ => throw call.Fault("needs a string or a tuple of strings."),
    };

    private static IEnumerable<long> Places(JinjaCall call)
    {
        object? wanted = call.Required(0);
        return call.Elements().Select((one, place) => (one, place))
            .Where(entry => JinjaValues.AreEqual(entry.one, wanted, call.Run, call.At)).Select(entry => (long)entry.place);
    }

    private static object Place(string text, int at) => at < 0 ? -1L : JinjaValues.Count(text[..at])!.Value;

    private static string Join(JinjaCall call)
    {
        string?[] texts = [.. (JinjaValues.Elements(call.Required(0)) ?? []).Select(one => one as string)];
        return Array.IndexOf(texts, null) >= 0
            ? throw call.Fault("needs a list of strings.")
            : call.Run.Made(call.At, string.Join(call.Text, texts));
    }
}
