using LLoCO.Core;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.AI.Chat;

/// <summary>The messages of a chat: what is asked, and what stands before it.</summary>
/// <param name="Question">The last user message.</param>
/// <param name="History">The turns before it.</param>
/// <param name="Instructions">The system messages, joined; <see langword="null"/> where there are none.</param>
internal sealed record Exchange(string Question, IReadOnlyList<ConversationTurn> History, string? Instructions)
{
    /// <summary>Reads messages. Messages of one author in a row are one.</summary>
    /// <param name="messages">The messages, the oldest first.</param>
    /// <param name="ignoresTools">Whether calls and results of tools are left out.</param>
    /// <exception cref="NotSupportedException">One holds something other than text.</exception>
    /// <exception cref="ArgumentException">The last one is not a question.</exception>
    public static Exchange Read(IEnumerable<ChatMessage> messages, bool ignoresTools)
    {
        var instructions = new List<string>();
        var turns = new List<ConversationTurn>();
        string? question = null;
        string? answer = null;
        foreach (ChatMessage message in messages)
        {
            string text = ReadText(message, ignoresTools);
            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            if (message.Role == ChatRole.System)
            {
                instructions.Add(text);
            }
            else if (message.Role == ChatRole.Assistant)
            {
                answer = Join(answer, text);
            }
            else if (answer is null)
            {
                question = Join(question, text);
            }
            else
            {
                turns.Add(new ConversationTurn(question ?? string.Empty, answer));
                (question, answer) = (text, null);
            }
        }

        return question is not null && answer is null
            ? new Exchange(question, turns, instructions.Count == 0 ? null : string.Join('\n', instructions))
            : throw new ArgumentException("The last message of a chat must be the user's question, with text in it.", nameof(messages));
    }

    private static string Join(string? before, string text) => before is null ? text : $"{before}\n{text}";

    private static string ReadText(ChatMessage message, bool ignoresTools)
    {
        bool known = message.Role == ChatRole.System || message.Role == ChatRole.User || message.Role == ChatRole.Assistant;
        if (!known && !(ignoresTools && message.Role == ChatRole.Tool))
        {
            throw new NotSupportedException(
                $"A message of the role '{message.Role.Value}' cannot be read. Send system, user and assistant messages.");
        }

        foreach (AIContent content in message.Contents)
        {
            string? refused = content switch
            {
                TextContent or TextReasoningContent or UsageContent => null,
                FunctionCallContent or FunctionResultContent => ignoresTools ? null : "the call of a tool or its result",
                DataContent or UriContent or HostedFileContent => "a file or picture",
                ErrorContent => null,
                _ => "content of an unknown kind",
            };
            if (refused is not null)
            {
                throw new NotSupportedException($"A message holds {refused}, which the model does not read. Send text alone.");
            }
        }

        return known ? message.Text : string.Empty;
    }
}
