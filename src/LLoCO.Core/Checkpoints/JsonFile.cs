using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Reads JSON from untrusted files: doubled keys, NaN and broken syntax are refused with the key at which they stand.
/// </summary>
internal static class JsonFile
{
    /// <summary>Reads a JSON object from a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">Most bytes that are read into memory.</param>
    /// <exception cref="CheckpointFormatException">The file is absent, too long, or not one JSON object with distinct
    /// keys.</exception>
    public static JsonDocument Read(string path, int limit)
    {
        using BinaryFile file = BinaryFile.Open(path);
        if (file.Length > limit)
        {
            throw new CheckpointFormatException(
                path, null, $"{file.Length} bytes are too many for this file; at most {limit} are read");
        }

        byte[] json = file.Read(0, (int)file.Length, null);
        ForeignFile.Refuse(path, json.AsSpan(0, Math.Min(json.Length, ForeignFile.HeadBytes)));
        return Parse(path, json);
    }

    /// <summary>Parses bytes as one JSON object.</summary>
    public static JsonDocument Parse(string path, ReadOnlyMemory<byte> json)
    {
        // Python's UTF-8 files may begin with a byte order mark, which the parser does not skip.
        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        Check(path, json.Span);
        return JsonDocument.Parse(json);
    }

    private static void Check(string path, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var objects = new Stack<HashSet<string>>();
        string? key = null;
        try
        {
            bool first = true;
            while (reader.Read())
            {
                if (first && reader.TokenType != JsonTokenType.StartObject)
                {
                    throw new CheckpointFormatException(path, null, "the JSON is not an object");
                }

                first = false;
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    objects.Push(new HashSet<string>(StringComparer.Ordinal));
                }
                else if (reader.TokenType == JsonTokenType.EndObject)
                {
                    objects.Pop();
                }
                else if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    key = reader.GetString()!;
                    if (!objects.Peek().Add(key))
                    {
                        throw new CheckpointFormatException(path, key, "the key stands there twice");
                    }
                }
                else if (reader.TokenType == JsonTokenType.String)
                {
                    // Refuses invalid UTF-8 and lone surrogates here rather than where the value is used.
                    _ = reader.GetString();
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CheckpointFormatException(path, key, $"the JSON cannot be read: {error.Message}", error);
        }
    }
}
