namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The tests that are supported (<c>is …</c>).</summary>
internal static class JinjaTests
{
    private static readonly Dictionary<string, JinjaFunction> All = new JinjaFunction[]
    {
        new("defined", [], call => call.Subject is not JinjaUndefined),
        new("undefined", [], call => call.Subject is JinjaUndefined),
        new("none", [], call => call.Subject is null),
        new("boolean", [], call => call.Subject is bool),
        new("true", [], call => call.Subject is true),
        new("false", [], call => call.Subject is false),
        new("integer", [], call => call.Subject is long),
        new("float", [], call => call.Subject is double),
        new("number", [], call => call.Subject is bool or long or double),
        new("string", [], call => call.Subject is string),
        new("mapping", [], call => call.Subject is JinjaMap),
        new("iterable", [], call => JinjaValues.Elements(call.Subject) is not null),
        new("sequence", [], call => JinjaValues.Count(call.Subject) is not null),
        new("callable", [], call => call.Subject is JinjaFunction),
        new("upper", [], call => call.Text.Any(char.IsUpper) && !call.Text.Any(char.IsLower)),
        new("lower", [], call => call.Text.Any(char.IsLower) && !call.Text.Any(char.IsUpper)),
        new("odd", [], call => Remainder(call, 2) != 0),
        new("even", [], call => Remainder(call, 2) == 0),
        new("divisibleby", ["num"], call => call.Number(0, 0) is not 0 and var by && Remainder(call, by) == 0),
        Comparison("in", "in"),
        Comparison("eq", "=="), Comparison("equalto", "=="), Comparison("sameas", "=="),
        Comparison("ne", "!="),
        Comparison("lt", "<"), Comparison("lessthan", "<"), Comparison("le", "<="),
        Comparison("gt", ">"), Comparison("greaterthan", ">"), Comparison("ge", ">="),
    }.ToDictionary(test => test.Name, StringComparer.Ordinal);

    /// <summary>Finds a test by its name.</summary>
    public static JinjaFunction? Find(string name) => All.GetValueOrDefault(name);

    private static JinjaFunction Comparison(string name, string sign) => new(
        name, ["other"], call => JinjaComparison.Holds(call.Run, call.At, sign, call.Subject, call.Required(0)));

    private static long Remainder(JinjaCall call, long by) => call.Subject is long number
        ? number % by
        : throw call.Fault($"needs a whole number, not {JinjaValues.Describe(call.Subject)}.");
}
