using System.Text.Json;
using LLoCO.Core;
using LLoCO.Server.Access;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>A request for an answer, read from JSON.</summary>
internal sealed record AnswerRequest
{
    /// <summary>Gets the messages; the last one is the question.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Gets the options.</summary>
    public required ChatOptions Options { get; init; }

    /// <summary>Gets the model that the request names.</summary>
    public required string Model { get; init; }

    /// <summary>Gets whether the answer is streamed.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Gets whether the stream ends with the token counts.</summary>
    public bool IncludesUsage { get; init; }

    /// <summary>Reads what chats and completions have in common.</summary>
    /// <param name="fields">The request; its messages are taken already.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="options">The server's options.</param>
    /// <param name="adapters">The adapters that there are.</param>
    /// <exception cref="ServerException">A field is wrong, or cannot be had.</exception>
    public static AnswerRequest Read(
        RequestFields fields, IReadOnlyList<ChatMessage> messages, Caller caller, LlocoServerOptions options, IReadOnlyCollection<string> adapters)
    {
        string model = ReadModel(fields, options, adapters);
        AskOptions ask = ReadAsk(fields.Take("lloco"), caller, options.Chat.Ask);
        bool streamed = fields.Flag("stream");
        bool usage = fields.Take("stream_options") is { } stream && ReadStream(stream);
        long? most = fields.Whole("max_completion_tokens", 1, 1 << 20) ?? fields.Whole("max_tokens", 1, 1 << 20);
        var chat = new ChatOptions
        {
            ModelId = model,
            MaxOutputTokens = (int?)most,
            Temperature = (float?)fields.Number("temperature", 0, 2),
            TopP = (float?)fields.Number("top_p", 0, 1),
            TopK = (int?)fields.Whole("top_k", 0, int.MaxValue),
            Seed = fields.Whole("seed", int.MinValue, int.MaxValue),
            StopSequences = fields.Texts("stop") is { Count: > 0 } stops ? stops : null,
            RawRepresentationFactory = _ => ask,
        };
        RefuseUnsupported(fields, options.Chat.IgnoresTools);
        return new AnswerRequest
        {
            Messages = messages, Options = chat, Model = model, IsStreamed = streamed, IncludesUsage = usage,
        };
    }

    private static string ReadModel(RequestFields fields, LlocoServerOptions options, IReadOnlyCollection<string> adapters)
    {
        string model = fields.Text("model") ?? options.Chat.ModelId;
        return model == options.Chat.ModelId || model == AskOptions.NoAdapter || adapters.Contains(model)
            ? model
            : throw new ServerException(
                404, "model_not_found", $"There is no model '{model}'. GET /v1/models lists them.", "model");
    }

    private static bool ReadStream(JsonElement json)
    {
        var fields = new RequestFields(json, "stream_options");
        bool usage = fields.Flag("include_usage");
        fields.Ignore("include_obfuscation");
        fields.EnsureEmpty();
        return usage;
    }

    private static AskOptions ReadAsk(JsonElement? json, Caller caller, AskOptions ask)
    {
        if (json is not { } given)
        {
            return ask with { Group = caller.PickGroup(ask.Group) };
        }

        var fields = new RequestFields(given, "lloco");
        ask = ask with
        {
            Group = caller.PickGroup(fields.Text("group") ?? ask.Group),
            DocumentIds = [.. fields.Texts("documents")],
            TopK = (int?)fields.Whole("top_k", 1, 1024) ?? ask.TopK,
        };
        fields.EnsureEmpty();
        return ask;
    }

    private static void RefuseUnsupported(RequestFields fields, bool ignoresTools)
    {
        fields.Ignore("user", "metadata", "service_tier", "safety_identifier", "prompt_cache_key", "parallel_tool_calls");
        Refuse("n", fields.Whole("n", 1, 128) is > 1);
        Refuse("logprobs", fields.Take("logprobs") is { ValueKind: not JsonValueKind.False });
        Refuse("store", fields.Flag("store"));
        Refuse("frequency_penalty", fields.Number("frequency_penalty", -2, 2) is not (null or 0));
        Refuse("presence_penalty", fields.Number("presence_penalty", -2, 2) is not (null or 0));
        Refuse("response_format", fields.Take("response_format") is { } format && !IsText(format));
        bool offersTools = fields.Take("tools") is { ValueKind: JsonValueKind.Array } tools && tools.GetArrayLength() > 0;
        bool forbids = fields.Take("tool_choice") is { ValueKind: JsonValueKind.String } choice && choice.GetString() == "none";
        Refuse("tools", offersTools && !forbids && !ignoresTools);
        fields.EnsureEmpty();

        static void Refuse(string name, bool isSet)
        {
            if (isSet)
            {
                throw new ServerException(400, "unsupported_parameter", $"{name} is not supported. Leave it out.", name);
            }
        }
    }

    private static bool IsText(JsonElement format) => format.ValueKind == JsonValueKind.Object
        && format.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "text";
}
