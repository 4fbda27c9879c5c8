using System.Text.Json;
using LLoCO.Server.Access;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>Reads requests of OpenAI's responses. Nothing is kept: a request brings all its messages.</summary>
internal static class ResponseRequests
{
    /// <summary>Reads a request.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="reader">Reads what all interfaces have.</param>
    public static AnswerRequest Read(RequestFields fields, Caller caller, AnswerReader reader)
    {
        IReadOnlyList<ChatMessage> messages = ReadInput(fields.Take("input"));
        if (fields.Text("instructions") is { Length: > 0 } instructions)
        {
            messages = [new ChatMessage(ChatRole.System, instructions), .. messages];
        }

        AnswerRequest request = reader.Read(fields, caller, messages, fields.Whole("max_output_tokens", 1, 1 << 20), []);
        JsonElement? metadata = fields.Take("metadata")?.Clone();
        RefuseKept(fields);
        fields.Refuse("background", fields.Flag("background"));
        fields.Refuse("reasoning", IsSet(fields.Take("reasoning")));
        fields.Refuse("include", fields.Texts("include").Count > 0);
        fields.Refuse("top_logprobs", fields.Whole("top_logprobs", 0, 20) is > 0);
        fields.Refuse("text", fields.Take("text") is { } text && !IsPlain(text));
        reader.RefuseTools(fields);
        fields.Ignore(
            "user", "service_tier", "safety_identifier", "prompt_cache_key", "parallel_tool_calls", "max_tool_calls", "truncation", "stream_options");
        fields.EnsureEmpty();
        return request with { Metadata = metadata };
    }

    private static IReadOnlyList<ChatMessage> ReadInput(JsonElement? input) =>
        input is { ValueKind: JsonValueKind.String } text && !string.IsNullOrWhiteSpace(text.GetString())
            ? [new ChatMessage(ChatRole.User, text.GetString())]
            : MessageContent.ReadList(input, "input");

    private static void RefuseKept(RequestFields fields)
    {
        foreach (string name in new[] { "previous_response_id", "conversation", "prompt" })
        {
            if (fields.Take(name) is not null)
            {
                throw new ServerException(
                    400, "unsupported_parameter", $"{name} is not supported: nothing is kept here. Send the earlier messages in input.", name);
            }
        }

        fields.Refuse("store", fields.Flag("store"));
    }

    /// <summary>Whether an object says something: clients send objects all of whose fields are null.</summary>
    private static bool IsSet(JsonElement? json) => json is { } given
        && (given.ValueKind != JsonValueKind.Object || given.EnumerateObject().Any(field => field.Value.ValueKind != JsonValueKind.Null));

    private static bool IsPlain(JsonElement text) => text.ValueKind == JsonValueKind.Object && text.EnumerateObject().All(field =>
        field.Value.ValueKind == JsonValueKind.Null
        || (field.NameEquals("format") && field.Value.ValueKind == JsonValueKind.Object
            && field.Value.TryGetProperty("type", out JsonElement type) && type.ValueEquals("text")));
}
