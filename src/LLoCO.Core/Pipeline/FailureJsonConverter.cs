using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLoCO.Core.Pipeline;

/// <summary>Writes why a document failed as <c>{"kind", "message"}</c>. An exception holds more than JSON can, and more than a client
/// should see.</summary>
internal sealed class FailureJsonConverter : JsonConverter<Exception>
{
    private const string Kind = "kind";
    private const string Message = "message";

    /// <inheritdoc/>
    public override Exception Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument read = JsonDocument.ParseValue(ref reader);
        return read.RootElement.ValueKind == JsonValueKind.Object
            && read.RootElement.TryGetProperty(Message, out JsonElement message) && message.ValueKind == JsonValueKind.String
                ? new LlocoException(message.GetString()!)
                : throw new JsonException("A failure must be an object with a 'message'.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Exception value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(Kind, value.GetType().Name);
        writer.WriteString(Message, value.Message);
        writer.WriteEndObject();
    }
}
