using System.Globalization;

namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>Filters that give numbers.</summary>
internal static class JinjaNumberFilters
{
    /// <summary><c>int</c>.</summary>
    public static object? ToInteger(JinjaCall call)
    {
        if (call.Has(1) && call.Number(1, 10) != 10)
        {
            throw call.Fault("is supported with base 10 only.");
        }

        object? missing = call.Has(0) ? call.Argument(0) : 0L;
        return call.Subject switch
        {
            string text when long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) => number,
            string text when Parse(text) is { } number => Cut(number) ?? missing,
            _ when JinjaValues.IsNumber(call.Subject, out double number) => Cut(number) ?? missing,
            _ => missing,
        };
    }

    /// <summary><c>float</c>.</summary>
    public static object? ToFloat(JinjaCall call) => call.Subject switch
    {
        string text => Parse(text) is { } number ? number : Missing(call),
        _ when JinjaValues.IsNumber(call.Subject, out double number) => number,
        _ => Missing(call),
    };

    /// <summary><c>abs</c>.</summary>
    public static object Absolute(JinjaCall call) => call.Subject switch
    {
        long number when number > long.MinValue => (object)Math.Abs(number),
        double number => Math.Abs(number),
        _ => throw call.Fault($"needs a number, not {JinjaValues.Describe(call.Subject)}."),
    };

    /// <summary><c>round</c>.</summary>
    public static object Round(JinjaCall call)
    {
        if (!JinjaValues.IsNumber(call.Subject, out double number) || call.Number(0, 0) is < 0 or > 15)
        {
            throw call.Fault("needs a number, and 0 to 15 places.");
        }

        double scale = Math.Pow(10, call.Number(0, 0));
        return call.Argument(1) switch
        {
            null or "common" => Math.Round(number, call.Number(0, 0), MidpointRounding.ToEven),
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => throw call.Fault("knows the methods common, ceil and floor."),
        };
    }

    private static object? Missing(JinjaCall call) => call.Has(0) ? call.Argument(0) : 0.0;

    private static object? Cut(double number) => Math.Abs(number) < 1L << 62 ? (long)number : null;

    private static double? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;
}
