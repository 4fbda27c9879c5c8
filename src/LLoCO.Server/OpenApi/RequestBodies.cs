using System.ComponentModel;
using System.Text.Json.Serialization;

namespace LLoCO.Server.OpenApi;

/// <summary>A message of a chat, as the OpenAPI document describes it.</summary>
internal sealed record MessageBody(
    [property: JsonPropertyName("role"), Description("system, user or assistant")] string Role,
    [property: JsonPropertyName("content")] string Content);

/// <summary>What of the index is asked.</summary>
internal sealed record ScopeBody(
    [property: JsonPropertyName("group")] string? Group,
    [property: JsonPropertyName("documents")] IReadOnlyList<string>? Documents,
    [property: JsonPropertyName("top_k"), Description("Documents in one prefix.")] int? TopK);

/// <summary>What the answers of all interfaces have in common.</summary>
internal abstract record AnswerBody
{
    [JsonPropertyName("model"), Description("lloco, the name of an adapter, or none.")]
    public string? Model { get; init; }

    [JsonPropertyName("stream"), Description("Whether the answer comes as events.")]
    public bool? Stream { get; init; }

    [JsonPropertyName("temperature"), Description("0 to 2; 0, greedy, by default.")]
    public double? Temperature { get; init; }

    [JsonPropertyName("top_p")]
    public double? TopP { get; init; }

    [JsonPropertyName("top_k")]
    public int? TopK { get; init; }

    [JsonPropertyName("seed")]
    public int? Seed { get; init; }

    [JsonPropertyName("lloco"), Description("Which documents are asked.")]
    public ScopeBody? Lloco { get; init; }
}

/// <summary>The body of a chat completion.</summary>
internal sealed record ChatBody : AnswerBody
{
    [JsonPropertyName("messages")]
    public required IReadOnlyList<MessageBody> Messages { get; init; }

    [JsonPropertyName("max_completion_tokens")]
    public int? MaxCompletionTokens { get; init; }

    [JsonPropertyName("stop")]
    public IReadOnlyList<string>? Stop { get; init; }
}

/// <summary>The body of a completion.</summary>
internal sealed record CompletionBody : AnswerBody
{
    [JsonPropertyName("prompt"), Description("The question.")]
    public required string Prompt { get; init; }

    [JsonPropertyName("max_tokens")]
    public int? MaxTokens { get; init; }

    [JsonPropertyName("stop")]
    public IReadOnlyList<string>? Stop { get; init; }
}

/// <summary>The body of a response.</summary>
internal sealed record ResponseBody : AnswerBody
{
    [JsonPropertyName("input"), Description("The question, or a list of messages.")]
    public required string Input { get; init; }

    [JsonPropertyName("instructions")]
    public string? Instructions { get; init; }

    [JsonPropertyName("max_output_tokens")]
    public int? MaxOutputTokens { get; init; }
}

/// <summary>The body of a message of Anthropic's form.</summary>
internal sealed record AnthropicBody : AnswerBody
{
    [JsonPropertyName("messages")]
    public required IReadOnlyList<MessageBody> Messages { get; init; }

    [JsonPropertyName("max_tokens")]
    public required int MaxTokens { get; init; }

    [JsonPropertyName("system")]
    public string? System { get; init; }

    [JsonPropertyName("stop_sequences")]
    public IReadOnlyList<string>? StopSequences { get; init; }
}

/// <summary>The body of embeddings.</summary>
internal sealed record EmbeddingBody(
    [property: JsonPropertyName("input")] IReadOnlyList<string> Input,
    [property: JsonPropertyName("model")] string? Model,
    [property: JsonPropertyName("encoding_format"), Description("float or base64")] string? EncodingFormat);

/// <summary>The body of a document.</summary>
internal sealed record DocumentBody(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("group")] string? Group,
    [property: JsonPropertyName("replace"), Description("Whether it may replace a document of another group or file.")] bool? Replace);
