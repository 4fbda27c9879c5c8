using System.Text.Json;
using LLoCO.Core.Tokenization.Jinja;

namespace LLoCO.Core.Tests.Tokenization.Jinja;

/// <summary>JSON as the values of templates.</summary>
internal static class JinjaJsonValue
{
    public static object? From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out long number) ? (object)number : json.GetDouble(),
        JsonValueKind.Array => json.EnumerateArray().Select(From).ToList(),
        _ => Map(json),
    };

    private static JinjaMap Map(JsonElement json)
    {
        var map = new JinjaMap();
        foreach (JsonProperty entry in json.EnumerateObject())
        {
            map[entry.Name] = From(entry.Value);
        }

        return map;
    }
}

/// <summary>The moment at which the reference rendered.</summary>
internal sealed class FixedClock : TimeProvider
{
    public static readonly FixedClock Instance = new();

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(2026, 3, 5, 14, 7, 9, TimeSpan.Zero);
}
