using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Damage that leaves JSON mostly JSON: values of other kinds and sizes, keys that are gone or doubled, texts that are no
/// Unicode, arrays too deep or too long.</summary>
internal static class JsonDamage
{
    // What a tree of nodes cannot hold stands in it as these, and is put in afterwards.
    private const string Half = "@half@";
    private const string NoUtf8 = "@bytes@";
    private const string Deep = "@deep@";
    private const string Huge = "@huge@";
    private const string NotANumber = "@nan@";
    private const string Doubled = "@doubled@";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 64 };

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "0.5", "-0.0", "1e308", "-2147483648", "2147483647", "2147483648",
        "4294967296", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e-320", "16000000", "[]", "{}", "[[]]",
        "\"\"", "\" \"", "\"0\"", "\"NaN\"", "\"null\"", "\"../x\"", "\"/\"", "\"a\\u0000b\"", "\"\\n\"", "\"\\uD83D\\uDE00\"",
        "\"e\\u0301\"", "\"(a+)+$\"", "\"[\"", "\"\\\\p{L}\"", "\"(?i:x)\"", "\"\\u2581\"", $"\"{Half}\"", $"\"{NoUtf8}\"", $"\"{Deep}\"", $"\"{Huge}\"",
        $"\"{NotANumber}\"", "[null]", "[1,\"a\"]", "{\"a\":null}",
    ];

    /// <summary>Damages a file that is one JSON value.</summary>
    public static byte[] Whole(byte[] file, Dice dice)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(file);
        }
        catch (JsonException)
        {
            return ByteDamage.Make(file, dice);
        }

        // The root too may become another value.
        var holder = new JsonArray(root);
        for (int times = dice.Once(3) ? 1 + dice.Next(3) : 1; times > 0; times--)
        {
            List<JsonNode> places = [];
            Collect(holder, places);
            Once(dice.Pick(places), places, dice);
        }

        return Write(holder.Count > 0 ? holder[0] : null, dice);
    }

    /// <summary>Damages one or two lines of a file that has a JSON value in each.</summary>
    public static byte[] Lines(byte[] file, Dice dice)
    {
        string[] lines = Encoding.UTF8.GetString(file).Split('\n');
        var result = new MemoryStream();
        int chosen = dice.Next(lines.Length);
        int second = dice.Next(lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            byte[] line = Encoding.UTF8.GetBytes(lines[i]);
            result.Write(i == chosen || i == second ? Whole(line, dice) : line);
            result.Write(i + 1 < lines.Length ? "\n"u8 : []);
        }

        return result.ToArray();
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        if (node is JsonArray or JsonObject)
        {
            places.Add(node);
            foreach (JsonNode? child in node is JsonArray array ? array : node.AsObject().Select(pair => pair.Value))
            {
                Collect(child, places);
            }
        }
    }

    private static void Once(JsonNode place, List<JsonNode> places, Dice dice)
    {
        if (place is JsonArray { Count: > 0 } array)
        {
            int at = dice.Next(array.Count);
            switch (dice.Next(8))
            {
                case 0:
                    array.RemoveAt(at);
                    break;
                case 1:
                    for (int copies = dice.Pick<int>([1, 2, 50]); copies > 0; copies--)
                    {
                        array.Add(array[at]?.DeepClone());
                    }

                    break;
                default:
                    array[at] = Other(array[at], places, dice);
                    break;
            }
        }
        else if (place is JsonObject { Count: > 0 } members)
        {
            (string key, JsonNode? value) = members.ElementAt(dice.Next(members.Count));
            switch (dice.Next(10))
            {
                case 0:
                    members.Remove(key);
                    break;
                case 1:
                    members[key + Doubled] = value?.DeepClone();
                    break;
                case 2:
                    members.Remove(key);
                    members[dice.Pick<string>([string.Empty, key + "x", key.ToUpperInvariant(), Half, "\u0000"])] = value;
                    break;
                default:
                    members[key] = Other(value, places, dice);
                    break;
            }
        }
    }

    private static JsonNode? Other(JsonNode? value, List<JsonNode> places, Dice dice)
    {
        switch (dice.Next(6))
        {
            case 0 when value is JsonValue number && number.GetValueKind() == JsonValueKind.Number:
                return Near(number, dice);
            case 1:
                return new JsonArray(value?.DeepClone());
            case 2:
                return dice.Pick(places).DeepClone();
            case 3 when value is JsonValue text && text.GetValueKind() == JsonValueKind.String:
                string was = text.GetValue<string>();
                int cut = dice.Next(was.Length + 1);
                return was[..cut] + dice.Pick<string>([string.Empty, Half, "\u0301", "\0", "<", "\\", "9", Huge]) + was[cut..];
            default:
                return JsonNode.Parse(dice.Pick(Values));
        }
    }

    private static JsonNode Near(JsonValue number, Dice dice)
    {
        _ = double.TryParse(number.ToJsonString(), CultureInfo.InvariantCulture, out double was);
        double near = dice.Next(6) switch { 0 => -was, 1 => was + 1, 2 => was - 1, 3 => was * 1000, 4 => was / 2, _ => was + 0.5 };
        return double.IsFinite(near) ? JsonValue.Create(near) : JsonValue.Create(0);
    }

    private static byte[] Write(JsonNode? node, Dice dice)
    {
        // Grown by one part put into another, it may be deeper than anything can write.
        string text;
        try
        {
            text = node?.ToJsonString(Plain) ?? "null";
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            text = "[";
        }

        int depth = dice.Pick<int>([40, 70, 3000]);
        text = text.Replace(Half, dice.Pick<string>(["\\ud800", "\\udc00x"]), StringComparison.Ordinal)
            .Replace(Doubled, string.Empty, StringComparison.Ordinal)
            .Replace($"\"{NotANumber}\"", dice.Pick<string>(["NaN", "1e999", "-1e999", "01", "Infinity"]), StringComparison.Ordinal)
            .Replace($"\"{Deep}\"", new string('[', depth) + new string(']', depth), StringComparison.Ordinal)
            .Replace(Huge, new string('a', 20_000), StringComparison.Ordinal);
        int place = text.IndexOf(NoUtf8, StringComparison.Ordinal);
        return place < 0
            ? Encoding.UTF8.GetBytes(text)
            : [.. Encoding.UTF8.GetBytes(text[..place]), 0xc0, 0xff, 0x80, .. Encoding.UTF8.GetBytes(text[(place + NoUtf8.Length)..])];
    }
}
