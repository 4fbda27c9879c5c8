using LLoCO.Core.Retrieval;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.AI;

/// <summary>Lets any embedding generator serve retrieval.</summary>
public static class EmbeddingGeneratorExtensions
{
    /// <summary>Makes a passage embedder of an embedding generator.</summary>
    /// <param name="generator">The generator; stays the caller's to dispose. Safe for concurrent use, as
    /// <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> asks of every implementation.</param>
    /// <returns>An embedder that sends all texts of a call to the generator at once.</returns>
    /// <remarks>An index keeps the vectors of one embedding model: ingest and ask with the same one.</remarks>
    public static IPassageEmbedder AsPassageEmbedder(this IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new GeneratorEmbedder(generator);
    }

    private sealed class GeneratorEmbedder(IEmbeddingGenerator<string, Embedding<float>> generator) : IPassageEmbedder
    {
        public async ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(
            IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
        {
            GeneratedEmbeddings<Embedding<float>> embeddings = await generator
                .GenerateAsync(texts, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            return [.. embeddings.Select(embedding => embedding.Vector)];
        }
    }
}
