using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Patterns;
using LLoCO.Core.Tokenization.Unicode;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>What the readers of the parts of a <c>tokenizer.json</c> share. What is not known is refused by its name.</summary>
internal static class ComponentReader
{
    /// <summary>Gets the component's <c>type</c>.</summary>
    public static string TypeOf(JsonFields fields) => fields.Text("type") ?? throw fields.Fault("type", "the key is missing");

    /// <summary>Refuses keys that could change ids and are not known.</summary>
    /// <param name="fields">The component.</param>
    /// <param name="known">The keys that are read, or change nothing here.</param>
    public static void AllowOnly(JsonFields fields, params ReadOnlySpan<string> known)
    {
        foreach (JsonProperty property in fields.Object.EnumerateObject())
        {
            if (property.Name != "type" && !known.Contains(property.Name))
            {
                throw fields.Fault(property.Name, $"is not known as a setting of {fields.Text("type")}; nothing was loaded. "
                    + "Bring a tokenizer.model instead, if the model has one");
            }
        }
    }

    /// <summary>Says that a component is not known.</summary>
    /// <param name="fields">The component.</param>
    /// <param name="what">What it is one of.</param>
    public static CheckpointFormatException Unknown(JsonFields fields, string what) => fields.Fault(
        "type", $"'{TypeOf(fields)}' is not supported as a {what}. Bring a tokenizer.model instead, if the model has one");

    /// <summary>Reads the members of an array of components.</summary>
    public static IReadOnlyList<JsonFields> Parts(JsonFields fields, string key)
    {
        if (fields.Find(key) is not { ValueKind: JsonValueKind.Array } array)
        {
            throw fields.Fault(key, "is not a list");
        }

        var parts = new List<JsonFields>();
        foreach (JsonElement element in array.EnumerateArray())
        {
            string prefix = $"{fields.Prefix}{key}[{parts.Count}].";
            parts.Add(element.ValueKind == JsonValueKind.Object
                ? new JsonFields(fields.File, element, prefix)
                : throw fields.Fault(key, $"{JsonFields.Show(element)} is not an object"));
        }

        return parts;
    }

    /// <summary>Reads a text that must be there.</summary>
    public static string Needed(JsonFields fields, string key) =>
        fields.Text(key) ?? throw fields.Fault(key, "the key is missing");

    /// <summary>Reads a text of one character.</summary>
    /// <returns>Its code point.</returns>
    public static int Character(JsonFields fields, string key, string? missing = null)
    {
        string text = fields.Text(key) ?? missing ?? throw fields.Fault(key, "the key is missing");
        return System.Text.Rune.TryGetRuneAt(text + " ", 0, out System.Text.Rune rune) && rune.Utf16SequenceLength == text.Length
            ? rune.Value
            : throw fields.Fault(key, "is not one character");
    }

    /// <summary>Reads <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
    public static TextFinder Finder(JsonFields fields, string key)
    {
        if (fields.Find(key) is { ValueKind: JsonValueKind.String } plain)
        {
            return Literal(fields, key, plain.GetString()!);
        }

        JsonFields pattern = fields.Child(key) ?? throw fields.Fault(key, "the key is missing");
        return pattern.Text("String") is { } literal ? Literal(pattern, "String", literal)
            : new TextFinder(Compile(pattern, "Regex", Needed(pattern, "Regex")));
    }

    private static TextFinder Literal(JsonFields fields, string key, string text) => text.Length == 0
        ? throw fields.Fault(key, "is empty")
        : new TextFinder(Pattern.Literal(text), text);

    private static Pattern Compile(JsonFields fields, string key, string pattern)
    {
        try
        {
            return Pattern.Compile(pattern);
        }
        catch (PatternException fault)
        {
            throw fields.Fault(key, $"the regular expression has {fault.Message}, which is not supported", fault);
        }
    }

    private static CheckpointFormatException Fault(this JsonFields fields, string key, string fault, Exception cause) =>
        new(fields.File, fields.Prefix + key, fault, cause);

    /// <summary>Makes a finder of single characters.</summary>
    public static TextFinder Create(CodePointSet set) => new(set);
}
