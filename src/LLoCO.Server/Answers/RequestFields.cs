using System.Text.Json;

namespace LLoCO.Server.Answers;

/// <summary>The fields of a JSON request. What is not asked for is refused by name, so that nothing is ignored silently.</summary>
internal sealed class RequestFields
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly string _path;

    /// <summary>Reads an object.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="path">Its name in messages; empty for the request itself.</param>
    public RequestFields(JsonElement json, string path = "")
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw ServerException.Invalid(path.Length == 0 ? null : path, $"{(path.Length == 0 ? "The body" : path)} must be a JSON object.");
        }

        _path = path;
        if (path.Length == 0)
        {
            EnsureText(json);
        }

        foreach (JsonProperty field in json.EnumerateObject())
        {
            _fields[field.Name] = field.Value;
        }
    }

    /// <summary>Refuses what is JSON by its marks but holds no text: bytes that are not UTF-8, or halves of a character.</summary>
    private static void EnsureText(JsonElement json)
    {
        try
        {
            Visit(json);
        }
        catch (InvalidOperationException)
        {
            throw new ServerException(
                400, "invalid_json", "The body is not JSON: a text in it has bytes that are not UTF-8, or half of a character (\\ud800 to \\udfff alone).");
        }

        static void Visit(JsonElement one)
        {
            switch (one.ValueKind)
            {
                case JsonValueKind.String:
                    one.GetString();
                    break;
                case JsonValueKind.Array:
                    foreach (JsonElement item in one.EnumerateArray())
                    {
                        Visit(item);
                    }

                    break;
                case JsonValueKind.Object:
                    foreach (JsonProperty property in one.EnumerateObject())
                    {
                        _ = property.Name;
                        Visit(property.Value);
                    }

                    break;
            }
        }
    }

    /// <summary>Takes a field.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value; <see langword="null"/> where it is absent or null.</returns>
    public JsonElement? Take(string name) =>
        _fields.Remove(name, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    /// <summary>Takes a text.</summary>
    public string? Text(string name) => Take(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a string");

    /// <summary>Takes a number.</summary>
    public double? Number(string name, double least, double most) => Take(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= least && number <= most
            ? number
            : throw Wrong(name, FormattableString.Invariant($"a number from {least} to {most}"));

    /// <summary>Takes a whole number.</summary>
    public long? Whole(string name, long least, long most) => Take(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= least && number <= most
            ? number
            : throw Wrong(name, FormattableString.Invariant($"a whole number from {least} to {most}"));

    /// <summary>Takes a flag.</summary>
    public bool Flag(string name) => Take(name) is { } value && (value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean()
        : throw Wrong(name, "true or false"));

    /// <summary>Takes a text or a list of texts.</summary>
    public IList<string> Texts(string name) => Take(name) is not { } value ? []
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(one => one.GetString()!)]
            : throw Wrong(name, "a string or a list of strings");

    /// <summary>Takes fields that change nothing of an answer.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            _fields.Remove(name);
        }
    }

    /// <summary>Refuses what cannot be had.</summary>
    /// <param name="name">The field.</param>
    /// <param name="isSet">Whether the request asks for it.</param>
    public void Refuse(string name, bool isSet)
    {
        if (isSet)
        {
            throw new ServerException(400, "unsupported_parameter", $"{Full(name)} is not supported. Leave it out.", Full(name));
        }
    }

    /// <summary>Refuses what is left.</summary>
    public void EnsureEmpty()
    {
        if (_fields.Keys.FirstOrDefault() is { } name)
        {
            throw new ServerException(400, "unsupported_parameter", $"{Full(name)} is not supported. Leave it out.", Full(name));
        }
    }

    /// <summary>Makes the error of a field.</summary>
    public ServerException Wrong(string name, string expected) =>
        ServerException.Invalid(Full(name), $"{Full(name)} must be {expected}.");

    private string Full(string name) => _path.Length == 0 ? name : $"{_path}.{name}";
}
