using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>Reads the messages of a chat, or the prompt of a completion.</summary>
internal static class MessageReader
{
    /// <summary>Reads the messages of a chat.</summary>
    /// <param name="fields">The request.</param>
    public static IReadOnlyList<ChatMessage> ReadChat(RequestFields fields) =>
        fields.Take("messages") is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0
            ? Checked([.. list.EnumerateArray().Select(ReadMessage)])
            : throw fields.Wrong("messages", "a list of messages");

    /// <summary>Reads the prompt of a completion, which is the question.</summary>
    /// <param name="fields">The request.</param>
    public static IReadOnlyList<ChatMessage> ReadPrompt(RequestFields fields)
    {
        IList<string> prompts = fields.Texts("prompt");
        fields.Ignore("echo", "best_of");
        return prompts is [var prompt] && !string.IsNullOrWhiteSpace(prompt)
            ? [new ChatMessage(ChatRole.User, prompt)]
            : throw fields.Wrong("prompt", "one string that is not empty");
    }

    private static IReadOnlyList<ChatMessage> Checked(IReadOnlyList<ChatMessage> messages) =>
        messages[^1].Role == ChatRole.User && !string.IsNullOrWhiteSpace(messages[^1].Text)
            ? messages
            : throw ServerException.Invalid("messages", "The last message must be the user's question, with text in it.");

    private static ChatMessage ReadMessage(JsonElement json)
    {
        var fields = new RequestFields(json, "messages");
        ChatRole role = fields.Text("role") switch
        {
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "system" or "developer" => ChatRole.System,
            var other => throw ServerException.Invalid("messages.role", $"The role '{other}' is not supported. Use system, user or assistant."),
        };
        string text = fields.Take("content") is { } content ? ReadContent(content) : string.Empty;
        fields.Ignore("name", "refusal", "annotations", "audio");
        if (fields.Take("tool_calls") is { ValueKind: JsonValueKind.Array } calls && calls.GetArrayLength() > 0)
        {
            throw ServerException.Invalid("messages.tool_calls", "Calls of tools are not read. Send text alone.");
        }

        fields.EnsureEmpty();
        return new ChatMessage(role, text);
    }

    private static string ReadContent(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            return content.GetString()!;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            throw ServerException.Invalid("messages.content", "The content of a message must be a string or a list of parts.");
        }

        return string.Concat(content.EnumerateArray().Select(part =>
        {
            var fields = new RequestFields(part, "messages.content");
            string? type = fields.Text("type");
            return type == "text" && fields.Text("text") is { } text
                ? text
                : throw ServerException.Invalid("messages.content", $"Content of the type '{type}' is not read. Send text alone.");
        }));
    }
}
