using System.Text.Json;
using LLoCO.Server.Access;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>Reads requests of Anthropic's messages.</summary>
internal static class MessageRequests
{
    /// <summary>Reads a request.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="reader">Reads what all interfaces have.</param>
    public static AnswerRequest Read(RequestFields fields, Caller caller, AnswerReader reader)
    {
        IReadOnlyList<ChatMessage> messages = MessageContent.ReadList(fields.Take("messages"), "messages");
        if (fields.Take("system") is { } system)
        {
            messages = [new ChatMessage(ChatRole.System, MessageContent.ReadText(system, "system")), .. messages];
        }

        long most = fields.Whole("max_tokens", 1, 1 << 20) ?? throw fields.Wrong("max_tokens", "given: the most tokens of the answer");
        AnswerRequest request = reader.Read(fields, caller, messages, most, fields.Texts("stop_sequences"));
        fields.Refuse("thinking", fields.Take("thinking") is { } thinking && !IsDisabled(thinking));
        reader.RefuseTools(fields);
        fields.Ignore("metadata", "service_tier", "cache_control");
        fields.EnsureEmpty();
        return request;
    }

    private static bool IsDisabled(JsonElement thinking) => thinking.ValueKind == JsonValueKind.Object
        && thinking.TryGetProperty("type", out JsonElement type) && type.ValueEquals("disabled");
}
