using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>Reads messages: text alone, in the spellings of the interfaces.</summary>
internal static class MessageContent
{
    /// <summary>Reads a list of messages, the last of which is the user's question.</summary>
    /// <param name="list">The list.</param>
    /// <param name="name">Its name in the request.</param>
    /// <exception cref="ServerException">It is none, or holds something other than text.</exception>
    public static IReadOnlyList<ChatMessage> ReadList(JsonElement? list, string name)
    {
        if (list is not { ValueKind: JsonValueKind.Array } given || given.GetArrayLength() == 0)
        {
            throw ServerException.Invalid(name, $"{name} must be a list of messages.");
        }

        ChatMessage[] messages = [.. given.EnumerateArray().Select(json => ReadMessage(json, name))];
        return messages[^1].Role == ChatRole.User && !string.IsNullOrWhiteSpace(messages[^1].Text)
            ? messages
            : throw ServerException.Invalid(name, "The last message must be the user's question, with text in it.");
    }

    /// <summary>Reads a text, or a list of parts that are texts.</summary>
    /// <param name="content">The content.</param>
    /// <param name="name">Its name in the request.</param>
    public static string ReadText(JsonElement content, string name)
    {
        if (content.ValueKind == JsonValueKind.String)
        {
            return content.GetString()!;
        }

        if (content.ValueKind != JsonValueKind.Array)
        {
            throw ServerException.Invalid(name, $"{name} must be a string or a list of parts.");
        }

        return string.Concat(content.EnumerateArray().Select(part =>
        {
            var fields = new RequestFields(part, name);
            string? type = fields.Text("type");
            return type is "text" or "input_text" or "output_text" && fields.Text("text") is { } text
                ? text
                : throw ServerException.Invalid(name, $"Content of the type '{type}' is not read. Send text alone.");
        }));
    }

    private static ChatMessage ReadMessage(JsonElement json, string name)
    {
        var fields = new RequestFields(json, name);
        if (fields.Text("type") is { } type and not "message")
        {
            throw ServerException.Invalid(name, $"Items of the type '{type}' are not read. Send messages alone.");
        }

        ChatRole role = fields.Text("role") switch
        {
            "user" => ChatRole.User,
            "assistant" => ChatRole.Assistant,
            "system" or "developer" => ChatRole.System,
            var other => throw ServerException.Invalid($"{name}.role", $"The role '{other}' is not supported. Use system, user or assistant."),
        };
        string text = fields.Take("content") is { } content ? ReadText(content, $"{name}.content") : string.Empty;
        fields.Ignore("id", "status", "name", "refusal", "annotations", "audio");
        if (fields.Take("tool_calls") is { ValueKind: JsonValueKind.Array } calls && calls.GetArrayLength() > 0)
        {
            throw ServerException.Invalid($"{name}.tool_calls", "Calls of tools are not read. Send text alone.");
        }

        fields.EnsureEmpty();
        return new ChatMessage(role, text);
    }
}
