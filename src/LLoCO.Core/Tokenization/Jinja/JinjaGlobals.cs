namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The functions that every template has.</summary>
internal static class JinjaGlobals
{
    private const int MaxRange = 100_000;

    private static readonly JinjaFunction[] All =
    [
        new("raise_exception", ["message"], call => throw call.Fault($"refuses: {call.RequiredString(0)}")),
        new("strftime_now", ["format"], call => call.Run.Made(
            call.At,
            DateFormat.Write(call.RequiredString(0), call.Run.Clock.GetLocalNow())
                ?? throw call.Fault($"does not support the format '{call.RequiredString(0)}'."))),
        new("range", ["start", "stop", "step"], Range),
        new("namespace", [], MakeNamespace) { TakesAny = true },
        new("dict", [], MakeMap) { TakesAny = true },
    ];

    /// <summary>Adds them to the names of a rendering.</summary>
    public static void AddTo(JinjaScope scope)
    {
        foreach (JinjaFunction function in All)
        {
            scope.Set(function.Name, function);
        }
    }

    private static object Range(JinjaCall call)
    {
        int first = call.Required(0) is null ? 0 : call.Number(0, 0);
        (long start, long stop) = call.Has(1) ? (first, call.Number(1, 0)) : (0, first);
        long step = call.Number(2, 1);
        if (step == 0 || Math.Abs((stop - start) / (double)step) > MaxRange)
        {
            throw call.Fault($"gives at most {MaxRange} numbers, and its step is not 0.");
        }

        var numbers = new List<object?>();
        for (long number = start; step > 0 ? number < stop : number > stop; number += step)
        {
            numbers.Add(number);
        }

        return call.Run.Made(call.At, numbers);
    }

    private static JinjaNamespace MakeNamespace(JinjaCall call)
    {
        var space = new JinjaNamespace();
        foreach ((string name, object? value) in MakeMap(call))
        {
            space.Attributes[name] = value;
        }

        return space;
    }

    private static JinjaMap MakeMap(JinjaCall call)
    {
        var map = new JinjaMap();
        foreach (object? given in call.Given)
        {
            foreach ((string name, object? value) in given as JinjaMap ?? throw call.Fault("takes mappings and named arguments."))
            {
                map[name] = value;
            }
        }

        foreach ((string name, object? value) in call.Named)
        {
            map[name] = value;
        }

        return map;
    }
}
