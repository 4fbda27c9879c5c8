namespace LLoCO.Core.Retrieval;

/// <summary>
/// Computes dense vectors of passages and questions, for retrieval in addition to BM25. Optional: without one, an index ranks by
/// words alone. Implementations are safe for concurrent use.
/// </summary>
/// <remarks>The package <c>LLoCO.Extensions.AI</c> makes one of any <c>IEmbeddingGenerator</c>.</remarks>
public interface IPassageEmbedder
{
    /// <summary>Maps texts to dense vectors, one per text in the same order.</summary>
    /// <param name="texts">Passages, or one question; none is empty.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>One vector of finite numbers per text, in order, all of one width. Their length does not matter: cosine
    /// similarity is used.</returns>
    ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(
        IReadOnlyList<string> texts, CancellationToken cancellationToken = default);
}
