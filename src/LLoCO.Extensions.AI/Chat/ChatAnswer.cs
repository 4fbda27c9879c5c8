using LLoCO.Core;
using LLoCO.Core.Decoding;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.AI.Chat;

/// <summary>An answer in the words of a chat: sources as citations, counts as usage.</summary>
internal static class ChatAnswer
{
    /// <summary>Adds the sources of an answer to its text.</summary>
    /// <param name="content">The text, or an empty one behind the streamed pieces.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>The same content.</returns>
    public static TextContent Annotate(TextContent content, LlocoAnswer answer)
    {
        content.Annotations = [.. answer.Sources.Select(source => Cite(source, answer))];
        return content;
    }

    /// <summary>Converts the finish reason.</summary>
    /// <param name="answer">The answer.</param>
    public static ChatFinishReason ReadFinish(LlocoAnswer answer) =>
        answer.Finish == FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;

    /// <summary>Counts what was read and written.</summary>
    /// <param name="answer">The answer.</param>
    public static UsageDetails CountTokens(LlocoAnswer answer)
    {
        AnswerTokens tokens = answer.Tokens;
        int read = tokens.Summary + tokens.Prompt + tokens.FirstAttempt;
        return new UsageDetails
        {
            InputTokenCount = read,
            CachedInputTokenCount = tokens.Summary,
            OutputTokenCount = tokens.Generated,
            TotalTokenCount = read + tokens.Generated,
            AdditionalCounts = new AdditionalPropertiesDictionary<long>
            {
                ["document_tokens"] = tokens.Raw, ["summary_embeddings"] = tokens.Summary,
            },
        };
    }

    /// <summary>Says what else is known of an answer. Numbers and texts only: caches store them as JSON.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="turns">Turns of the history.</param>
    public static AdditionalPropertiesDictionary Describe(LlocoAnswer answer, int turns)
    {
        var known = new AdditionalPropertiesDictionary { ["token_probability"] = answer.Confidence.Least };
        Add(known, "warning", answer.Warning);
        Add(known, "group", answer.Group);
        Add(known, "adapter", answer.Adapter);
        Add(known, "probability", answer.Grounding.Probability);
        if (turns > answer.TurnsRead && !answer.IsHandedOver)
        {
            known["turns_left_out"] = turns - answer.TurnsRead;
        }

        return known;
    }

    private static void Add(AdditionalPropertiesDictionary known, string name, object? value)
    {
        if (value is not null)
        {
            known[name] = value;
        }
    }

    private static CitationAnnotation Cite(AnswerSource source, LlocoAnswer answer) => new()
    {
        Title = source.DocumentId,
        FileId = source.DocumentId,
        Snippet = source.Text,
        RawRepresentation = source,
        AnnotatedRegions = answer.Grounding.Source == source
            ? [new TextSpanAnnotatedRegion { StartIndex = 0, EndIndex = answer.Text.Length }]
            : null,
        AdditionalProperties = new AdditionalPropertiesDictionary
        {
            ["start"] = source.Start, ["end"] = source.End, ["score"] = source.Score, ["raw"] = source.IsRaw,
        },
    };
}
