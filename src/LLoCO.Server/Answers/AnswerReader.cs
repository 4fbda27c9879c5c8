using System.Text.Json;
using LLoCO.Core;
using LLoCO.Server.Access;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Answers;

/// <summary>Reads what the requests of all interfaces have in common.</summary>
/// <param name="options">The server's options.</param>
/// <param name="adapters">The adapters that there are.</param>
internal sealed class AnswerReader(LlocoServerOptions options, IReadOnlyCollection<string> adapters)
{
    /// <summary>Reads a request.</summary>
    /// <param name="fields">The request; what only one interface has is taken already, or is taken afterwards.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="maxTokens">The most tokens of the answer; the pipeline's with <see langword="null"/>.</param>
    /// <param name="stops">The stop strings.</param>
    /// <exception cref="ServerException">A field is wrong.</exception>
    public AnswerRequest Read(
        RequestFields fields, Caller caller, IReadOnlyList<ChatMessage> messages, long? maxTokens, IList<string> stops)
    {
        string model = ReadModel(fields);
        AskOptions ask = ReadAsk(fields.Take("lloco"), caller);
        return new AnswerRequest
        {
            Messages = messages,
            Model = model,
            IsStreamed = fields.Flag("stream"),
            TellsScores = caller.IsUnbound,
            FullContext = options.FullContext,
            Options = new ChatOptions
            {
                ModelId = model,
                MaxOutputTokens = (int?)maxTokens,
                Temperature = (float?)fields.Number("temperature", 0, 2),
                TopP = (float?)fields.Number("top_p", 0, 1),
                TopK = (int?)fields.Whole("top_k", 0, int.MaxValue),
                Seed = fields.Whole("seed", int.MinValue, int.MaxValue),
                StopSequences = stops.Count > 0 ? stops : null,
                RawRepresentationFactory = _ => ask,
            },
        };
    }

    /// <summary>Refuses tools, unless the server ignores them or the request forbids their use.</summary>
    /// <param name="fields">The request.</param>
    public void RefuseTools(RequestFields fields)
    {
        bool offers = fields.Take("tools") is { ValueKind: JsonValueKind.Array } tools && tools.GetArrayLength() > 0;
        fields.Refuse("tools", offers && !ForbidsTools(fields.Take("tool_choice")) && !options.Chat.IgnoresTools);
    }

    private static bool ForbidsTools(JsonElement? choice) => choice switch
    {
        { ValueKind: JsonValueKind.String } word => word.GetString() == "none",
        { ValueKind: JsonValueKind.Object } kind => kind.TryGetProperty("type", out JsonElement type) && type.ValueEquals("none"),
        _ => false,
    };

    private string ReadModel(RequestFields fields)
    {
        string model = fields.Text("model") ?? options.Chat.ModelId;
        return model == options.Chat.ModelId || model == AskOptions.NoAdapter || adapters.Contains(model)
            ? model
            : throw new ServerException(
                404, "model_not_found", $"There is no model '{model}'. GET /v1/models lists them.", "model");
    }

    private AskOptions ReadAsk(JsonElement? json, Caller caller)
    {
        AskOptions ask = options.Chat.Ask;
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
}
