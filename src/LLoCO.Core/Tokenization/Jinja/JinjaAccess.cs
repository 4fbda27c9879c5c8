namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>An attribute: <c>message.content</c>.</summary>
internal sealed class JinjaAttribute(int at, JinjaExpression target, string name) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => Read(run, At, run.Evaluate(target), name);

    /// <summary>Reads an attribute: a method, or otherwise an item.</summary>
    public static object? Read(JinjaRun run, int at, object? value, string name) => value switch
    {
        JinjaUndefined undefined => throw run.Fault(at, $"'{undefined.Name}' is not defined, so it has no '{name}'."),
        JinjaNamespace space => space.Attributes.TryGetValue(name, out object? found) ? found : new JinjaUndefined(name),
        JinjaLoop loop => loop.Read(run, at, name),
        _ => JinjaMethods.Find(value, name)
            ?? (value is JinjaMap map && map.TryGetValue(name, out object? item) ? item : new JinjaUndefined(name)),
    };
}

/// <summary>An item: <c>messages[0]</c>.</summary>
internal sealed class JinjaItem(int at, JinjaExpression target, JinjaExpression index) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run) => Read(run, At, run.Evaluate(target), run.Evaluate(index));

    /// <summary>Reads an item.</summary>
    public static object? Read(JinjaRun run, int at, object? value, object? index)
    {
        switch (value, index)
        {
            case (JinjaUndefined undefined, _):
                throw run.Fault(at, $"'{undefined.Name}' is not defined, so it has no items.");
            case (JinjaMap map, string key) when map.TryGetValue(key, out object? item):
                return item;
            case (IReadOnlyList<object?> list, long place):
                place += place < 0 ? list.Count : 0;
                return place >= 0 && place < list.Count ? list[(int)place] : new JinjaUndefined($"item {index}");
            case (string text, long place):
                run.Spend(at, text.Length);
                place += place < 0 ? JinjaValues.Count(text)!.Value : 0;
                return place < 0 ? new JinjaUndefined($"item {index}")
                    : JinjaValues.Characters(text).Skip((int)Math.Min(place, int.MaxValue)).FirstOrDefault()
                        ?? (object)new JinjaUndefined($"item {index}");
            case (_, string name):
                return JinjaAttribute.Read(run, at, value, name);
            default:
                return new JinjaUndefined("the item");
        }
    }
}

/// <summary>A stretch of a list or text: <c>messages[1:]</c>.</summary>
internal sealed class JinjaSlice(
    int at, JinjaExpression target, JinjaExpression? start, JinjaExpression? stop, JinjaExpression? step) : JinjaExpression(at)
{
    /// <inheritdoc/>
    public override object? Evaluate(JinjaRun run)
    {
        object? value = run.Evaluate(target);
        (long? first, long? last, long by) = (Bound(run, start), Bound(run, stop), Bound(run, step) ?? 1);
        if (by == 0)
        {
            throw run.Fault(At, "the step of a slice cannot be 0.");
        }

        switch (value)
        {
            case string text:
                string[] characters = [.. run.Made(At, JinjaValues.Characters(text)).Cast<string>()];
                return run.Made(At, string.Concat(Places(characters.Length, first, last, by).Select(place => characters[place])));
            case object?[] tuple:
                return run.Made(At, Places(tuple.Length, first, last, by).Select(place => tuple[place])).ToArray();
            case List<object?> list:
                return run.Made(At, Places(list.Count, first, last, by).Select(place => list[place]));
            default:
                throw run.Fault(At, $"{JinjaValues.Describe(value)} cannot be sliced.");
        }
    }

    private static IEnumerable<int> Places(long count, long? start, long? stop, long step)
    {
        long least = step > 0 ? 0 : -1;
        long most = step > 0 ? count : count - 1;
        long at = Clamp(start) ?? (step > 0 ? least : most);
        long end = Clamp(stop) ?? (step > 0 ? most : least);
        for (; step > 0 ? at < end : at > end; at += step)
        {
            yield return (int)at;
        }

        long? Clamp(long? bound) => bound is { } given ? Math.Clamp(given < 0 ? given + count : given, least, most) : null;
    }

    private static long? Bound(JinjaRun run, JinjaExpression? expression)
    {
        object? value = expression is null ? null : run.Evaluate(expression);
        return value switch
        {
            null => null,
            long number => Math.Clamp(number, int.MinValue, int.MaxValue),
            bool flag => flag ? 1 : 0,
            _ => throw run.Fault(expression!.At, "the bounds of a slice must be whole numbers."),
        };
    }
}
