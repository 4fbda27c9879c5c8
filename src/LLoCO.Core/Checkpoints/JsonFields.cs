using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Typed access to the members of one JSON object of a file; every fault names file and key. Null counts as absent.
/// </summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Object">The object.</param>
/// <param name="Prefix">Keys of the objects around it, each with a full stop behind it, for messages.</param>
/// <param name="Asked">Collects the names of the keys that are read; <see langword="null"/> to collect none.</param>
internal readonly record struct JsonFields(
    string File, JsonElement Object, string Prefix = "", HashSet<string>? Asked = null)
{
    public CheckpointFormatException Fault(string key, string fault) => new(File, Prefix + key, fault);

    public JsonElement? Find(string key)
    {
        Asked?.Add(Prefix + key);
        return Object.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public int Int(string key, int least, int max) =>
        Find(key) is null ? throw Fault(key, "the key is missing") : Int(key, least, max, missing: 0);

    public int Int(string key, int least, int max, int missing)
    {
        if (Find(key) is not { } value)
        {
            return missing;
        }

        return ToInt(key, value, least, max);
    }

    public int ToInt(string key, JsonElement value, int least, int max)
    {
        // Python writes a float such as 4096.0 where a script computed the value; it is the same number.
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || number != Math.Floor(number))
        {
            throw Fault(key, $"{Show(value)} is not a whole number");
        }

        if (number < least || number > max)
        {
            throw Fault(key, $"{Show(value)} is outside {least} to {max}");
        }

        return (int)number;
    }

    public double Number(string key, double least, double max, double? missing = null)
    {
        if (Find(key) is not { } value)
        {
            return missing ?? throw Fault(key, "the key is missing");
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !double.IsFinite(number))
        {
            throw Fault(key, $"{Show(value)} is not a finite number");
        }

        if (number >= least && number <= max)
        {
            return number;
        }

        // The smallest positive number is how a caller says "greater than zero"; nobody would read it as that.
        throw Fault(key, least == double.Epsilon
            ? $"{Show(value)} is not greater than 0 and at most {max}"
            : $"{Show(value)} is outside {least} to {max}");
    }

    public bool Flag(string key, bool missing) => Find(key) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Fault(key, $"{Show(other)} is neither true nor false"),
    };

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { } other => throw Fault(key, $"{Show(other)} is not a string"),
    };

    public JsonFields? Child(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new JsonFields(File, value, $"{Prefix}{key}.", Asked),
        { } other => throw Fault(key, $"{Show(other)} is not an object"),
    };

    /// <summary>Shows a value in messages; long ones are cut, since they come from untrusted files.</summary>
    public static string Show(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 80 ? text : text[..80] + "…";
    }
}
