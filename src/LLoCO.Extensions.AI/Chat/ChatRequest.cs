using LLoCO.Core;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.AI.Chat;

/// <summary>Maps the options of a chat to those of a question, or refuses them by name.</summary>
internal sealed class ChatRequest(LlocoChatOptions defaults)
{
    /// <summary>Maps the options.</summary>
    /// <param name="chat">The messages.</param>
    /// <param name="options">The options of the chat; may be <see langword="null"/>.</param>
    /// <param name="client">The client, for the factory of raw options.</param>
    /// <exception cref="NotSupportedException">An option cannot be had.</exception>
    public AskOptions Map(Exchange chat, ChatOptions? options, IChatClient client)
    {
        if (options is null)
        {
            return defaults.Ask with { History = chat.History, Instructions = Join(defaults.Ask.Instructions, chat.Instructions) };
        }

        RefuseUnsupported(options);
        AskOptions ask = options.RawRepresentationFactory?.Invoke(client) as AskOptions ?? defaults.Ask;
        return ask with
        {
            History = chat.History,
            Instructions = Join(Join(ask.Instructions, options.Instructions), chat.Instructions),
            Adapter = options.ModelId is null || options.ModelId == defaults.ModelId ? ask.Adapter : options.ModelId,
            Generation = SetsGeneration(options) ? MapGeneration(ask.Generation ?? new GenerationOptions(), options) : ask.Generation,
        };
    }

    private static string? Join(string? first, string? second) =>
        first is null ? second : second is null ? first : $"{first}\n{second}";

    private static bool SetsGeneration(ChatOptions options) =>
        options.MaxOutputTokens is not null || options.Temperature is not null || options.TopK is not null
        || options.TopP is not null || options.Seed is not null || options.StopSequences is { Count: > 0 };

    private static GenerationOptions MapGeneration(GenerationOptions generation, ChatOptions options) => generation with
    {
        MaxNewTokens = options.MaxOutputTokens ?? generation.MaxNewTokens,
        Temperature = options.Temperature ?? generation.Temperature,
        TopK = options.TopK ?? generation.TopK,
        TopP = options.TopP ?? generation.TopP,
        Seed = options.Seed is { } seed ? ReadSeed(seed) : generation.Seed,
        StopStrings = options.StopSequences is { Count: > 0 } stops ? [.. stops] : generation.StopStrings,
    };

    private static int ReadSeed(long seed) => seed is >= int.MinValue and <= int.MaxValue
        ? (int)seed
        : throw new NotSupportedException($"The seed {seed} is too large: it has 32 bits.");

    private void RefuseUnsupported(ChatOptions options)
    {
        (string Name, bool IsSet, string Remedy)[] refused =
        [
            (nameof(options.FrequencyPenalty), options.FrequencyPenalty is not (null or 0), "Leave it out."),
            (nameof(options.PresencePenalty), options.PresencePenalty is not (null or 0), "Leave it out."),
            (nameof(options.Reasoning), options.Reasoning is not null, "Leave it out: the model answers at once."),
            (nameof(options.ResponseFormat), options.ResponseFormat is not (null or ChatResponseFormatText), "Only text is written."),
            (nameof(options.ConversationId), options.ConversationId is not null && defaults.Conversations is null,
                $"Send the earlier messages with each question, or keep them ({nameof(LlocoChatOptions.Conversations)})."),
            (nameof(options.ContinuationToken), options.ContinuationToken is not null, "Ask the whole question again."),
            (nameof(options.AllowBackgroundResponses), options.AllowBackgroundResponses == true, "Answers are not kept."),
            (nameof(options.Tools), options is { Tools.Count: > 0, ToolMode: not NoneChatToolMode } && !defaults.IgnoresTools,
                $"The model calls none. Leave them out, or answer without them ({nameof(LlocoChatOptions.IgnoresTools)})."),
            (nameof(options.ToolMode), options.ToolMode is RequiredChatToolMode, "The model calls no tool."),
        ];
        foreach ((string name, bool isSet, string remedy) in refused)
        {
            if (isSet)
            {
                throw new NotSupportedException($"The chat option {name} is not supported. {remedy}");
            }
        }
    }
}
