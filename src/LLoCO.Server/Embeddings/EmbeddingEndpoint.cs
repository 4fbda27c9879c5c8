using System.Runtime.InteropServices;
using System.Text.Json;
using LLoCO.Server.Access;
using LLoCO.Server.Answers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace LLoCO.Server.Embeddings;

/// <summary>OpenAI's embeddings, with the embedding generator of the application's services.</summary>
/// <param name="generator">The generator; <see langword="null"/> where there is none.</param>
internal sealed class EmbeddingEndpoint(IEmbeddingGenerator<string, Embedding<float>>? generator)
{
    private const int MaxTexts = 2048;

    /// <summary>Gets the name of the embedding model; <see langword="null"/> where there is none.</summary>
    public string? Model { get; } = generator is null ? null
        : (generator.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata)?.DefaultModelId ?? "embedder";

    /// <summary>Embeds texts.</summary>
    public async Task EmbedAsync(HttpContext context, Caller caller, CancellationToken cancellationToken)
    {
        if (generator is null)
        {
            throw new ServerException(
                404, "no_embedder", "This server has no embedding model. Add an IEmbeddingGenerator<string, Embedding<float>> to its services.");
        }

        using JsonDocument json = await JsonDocument.ParseAsync(context.Request.Body, default, cancellationToken).ConfigureAwait(false);
        (IList<string> texts, bool asBytes) = Read(new RequestFields(json.RootElement));
        GeneratedEmbeddings<Embedding<float>> made = await generator.GenerateAsync(texts, cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        long tokens = made.Usage?.InputTokenCount ?? 0;
        await ServerJson.WriteAsync(context.Response, new
        {
            @object = "list",
            data = made.Select((one, index) => new { @object = "embedding", index, embedding = Write(one.Vector, asBytes) }),
            model = Model,
            usage = new { prompt_tokens = tokens, total_tokens = tokens },
        }).ConfigureAwait(false);
    }

    private (IList<string> Texts, bool AsBytes) Read(RequestFields fields)
    {
        string model = fields.Text("model") ?? Model!;
        if (model != Model)
        {
            throw new ServerException(404, "model_not_found", $"There is no embedding model '{model}'. It is '{Model}'.", "model");
        }

        IList<string> texts = fields.Texts("input");
        if (texts.Count is 0 or > MaxTexts || texts.Any(string.IsNullOrEmpty))
        {
            throw fields.Wrong("input", $"1 to {MaxTexts} strings that are not empty");
        }

        string format = fields.Text("encoding_format") ?? "float";
        if (format is not ("float" or "base64"))
        {
            throw fields.Wrong("encoding_format", "float or base64");
        }

        fields.Refuse("dimensions", fields.Take("dimensions") is not null);
        fields.Ignore("user");
        fields.EnsureEmpty();
        return (texts, format == "base64");
    }

    private static object Write(ReadOnlyMemory<float> vector, bool asBytes) =>
        asBytes ? Convert.ToBase64String(MemoryMarshal.AsBytes(vector.Span)) : vector.ToArray();
}
