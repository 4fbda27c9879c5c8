namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The filters that are supported.</summary>
internal static class JinjaFilters
{
    private static readonly Dictionary<string, JinjaFunction> All = new JinjaFunction[]
    {
        new("default", ["default_value", "boolean"], Default),
        new("d", ["default_value", "boolean"], Default),
        new("string", [], call => call.Text),
        new("safe", [], call => call.Text),
        new("tojson", ["ensure_ascii", "indent", "separators", "sort_keys"], ToJson),
        new("length", [], Count),
        new("count", [], Count),
        new("int", ["default", "base"], JinjaNumberFilters.ToInteger),
        new("float", ["default"], JinjaNumberFilters.ToFloat),
        new("abs", [], JinjaNumberFilters.Absolute),
        new("round", ["precision", "method"], JinjaNumberFilters.Round),
    }.Concat(JinjaTextFilters.All).Concat(JinjaListFilters.All).ToDictionary(filter => filter.Name, StringComparer.Ordinal);

    /// <summary>Finds a filter by its name.</summary>
    public static JinjaFunction? Find(string name) => All.GetValueOrDefault(name);

    private static object? Default(JinjaCall call) =>
        call.Subject is JinjaUndefined || (call.Flag(1, missing: false) && !JinjaValues.IsTrue(call.Subject))
            ? call.Has(0) ? call.Argument(0) : string.Empty
            : call.Subject;

    private static object Count(JinjaCall call) => JinjaValues.Count(call.Subject)
        ?? throw call.Fault($"needs a string, list or mapping, not {JinjaValues.Describe(call.Subject)}.");

    private static string ToJson(JinjaCall call)
    {
        string? indent = call.Argument(1) switch
        {
            null => null,
            string text => text,
            _ => new string(' ', Math.Clamp(call.Number(1, 0), 0, 100)),
        };
        (string, string) separators = call.Argument(2) switch
        {
            null => (indent is null ? ", " : ",", ": "),
            IReadOnlyList<object?> and [string element, string key] => (element, key),
            _ => throw call.Fault("needs two strings as 'separators'."),
        };
        var json = new JinjaJson(call.Run, call.At, indent, separators)
        {
            EscapesAll = call.Flag(0, missing: false), SortsKeys = call.Flag(3, missing: false),
        };
        return call.Run.Made(call.At, json.Write(call.Subject));
    }
}
