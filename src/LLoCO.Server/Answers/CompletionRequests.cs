using System.Text.Json;
using LLoCO.Server.Access;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>Reads requests of OpenAI's chat completions and completions.</summary>
internal static class CompletionRequests
{
    /// <summary>Reads a chat.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="reader">Reads what all interfaces have.</param>
    public static AnswerRequest ReadChat(RequestFields fields, Caller caller, AnswerReader reader) =>
        Read(fields, caller, reader, MessageContent.ReadList(fields.Take("messages"), "messages"));

    /// <summary>Reads a completion, whose prompt is the question.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="reader">Reads what all interfaces have.</param>
    public static AnswerRequest ReadPrompt(RequestFields fields, Caller caller, AnswerReader reader)
    {
        IList<string> prompts = fields.Texts("prompt");
        fields.Ignore("echo", "best_of");
        return prompts is [var prompt] && !string.IsNullOrWhiteSpace(prompt)
            ? Read(fields, caller, reader, [new ChatMessage(ChatRole.User, prompt)])
            : throw fields.Wrong("prompt", "one string that is not empty");
    }

    private static AnswerRequest Read(RequestFields fields, Caller caller, AnswerReader reader, IReadOnlyList<ChatMessage> messages)
    {
        bool usage = fields.Take("stream_options") is { } stream && ReadStream(stream);
        long? most = fields.Whole("max_completion_tokens", 1, 1 << 20) ?? fields.Whole("max_tokens", 1, 1 << 20);
        AnswerRequest request = reader.Read(fields, caller, messages, most, fields.Texts("stop"));
        fields.Ignore("user", "metadata", "service_tier", "safety_identifier", "prompt_cache_key", "parallel_tool_calls");
        fields.Refuse("n", fields.Whole("n", 1, 128) is > 1);
        fields.Refuse("logprobs", fields.Take("logprobs") is { ValueKind: not JsonValueKind.False });
        fields.Refuse("store", fields.Flag("store"));
        fields.Refuse("frequency_penalty", fields.Number("frequency_penalty", -2, 2) is not (null or 0));
        fields.Refuse("presence_penalty", fields.Number("presence_penalty", -2, 2) is not (null or 0));
        fields.Refuse("response_format", fields.Take("response_format") is { } format && !IsText(format));
        reader.RefuseTools(fields);
        fields.EnsureEmpty();
        return request with { IncludesUsage = usage };
    }

    private static bool ReadStream(JsonElement json)
    {
        var fields = new RequestFields(json, "stream_options");
        bool usage = fields.Flag("include_usage");
        fields.Ignore("include_obfuscation");
        fields.EnsureEmpty();
        return usage;
    }

    private static bool IsText(JsonElement format) => format.ValueKind == JsonValueKind.Object
        && format.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "text";
}
