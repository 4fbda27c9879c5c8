using Microsoft.Extensions.AI;

namespace LLoCO.Core.Tests.Server;

/// <summary>Embeds a text as its length and a half.</summary>
internal sealed class LengthGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(text => new Embedding<float>(new[] { text.Length, 0.5f }))));

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("test", defaultModelId: "lengths") : null;

    public void Dispose()
    {
    }
}
