using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLoCO.Server.Answers;

/// <summary>The data of an event of a response: its type and number, then what it tells.</summary>
/// <param name="Type">The type, which is also the event's name.</param>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Data">The other fields.</param>
[JsonConverter(typeof(Converter))]
internal sealed record NumberedEvent(string Type, int Number, object Data)
{
    private sealed class Converter : JsonConverter<NumberedEvent>
    {
        public override NumberedEvent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Events are only written.");

        public override void Write(Utf8JsonWriter writer, NumberedEvent value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("type", value.Type);
            writer.WriteNumber("sequence_number", value.Number);
            JsonElement data = JsonSerializer.SerializeToElement(value.Data, value.Data.GetType(), options);
            foreach (JsonProperty field in data.EnumerateObject())
            {
                field.WriteTo(writer);
            }

            writer.WriteEndObject();
        }
    }
}
