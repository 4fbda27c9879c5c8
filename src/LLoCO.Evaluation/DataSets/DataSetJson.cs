using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Reads the objects of data sets, and accepts common variants: a number as an id, one answer in place of a
/// list.</summary>
public static class DataSetJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new TextConverter(), new TextListConverter() },
    };

    private static readonly JsonSerializerOptions AnyCase = new(Options) { PropertyNameCaseInsensitive = true };

    /// <summary>Reads an object.</summary>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <param name="json">UTF-8.</param>
    /// <returns>The object.</returns>
    /// <exception cref="JsonException">It is none of that kind.</exception>
    /// <exception cref="InvalidOperationException">A text cannot be decoded.</exception>
    /// <exception cref="DataSetFault">It is null.</exception>
    internal static T Parse<T>(ReadOnlySpan<byte> json)
        where T : class => JsonSerializer.Deserialize<T>(json, Options) ?? throw new DataSetFault("null is no object.");

    /// <summary>Reads an object whose keys may be in any case.</summary>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <param name="json">The text.</param>
    /// <returns>The object, or <see langword="null"/>.</returns>
    /// <exception cref="JsonException">It is none of that kind.</exception>
    /// <exception cref="InvalidOperationException">A text cannot be decoded.</exception>
    public static T? ParseAnyCase<T>(string json)
        where T : class => JsonSerializer.Deserialize<T>(json, AnyCase);

    private static string? ReadText(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),

        // The serializer's message gives the position.
        _ => throw new JsonException(),
    };

    private sealed class TextConverter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ReadText(ref reader);

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }

    private sealed class TextListConverter : JsonConverter<IReadOnlyList<string?>>
    {
        public override IReadOnlyList<string?> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                return [ReadText(ref reader)];
            }

            var texts = new List<string?>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                texts.Add(ReadText(ref reader));
            }

            return texts;
        }

        public override void Write(Utf8JsonWriter writer, IReadOnlyList<string?> value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
