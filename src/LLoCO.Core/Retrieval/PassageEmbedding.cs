using LLoCO.Core.Index;

namespace LLoCO.Core.Retrieval;

/// <summary>Calls an embedder and checks what it returns.</summary>
internal static class PassageEmbedding
{
    /// <summary>Gives passages their dense vectors.</summary>
    /// <param name="embedder">The embedder.</param>
    /// <param name="text">The document's text.</param>
    /// <param name="passages">Its passages. A passage of white space only is embedded as a single space.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The same passages with vectors.</returns>
    /// <exception cref="LlocoException">The embedder returned another number of vectors, or an empty one.</exception>
    public static async ValueTask<IReadOnlyList<Passage>> AttachAsync(
        IPassageEmbedder embedder, string text, IReadOnlyList<Passage> passages, CancellationToken cancellationToken)
    {
        if (passages.Count == 0)
        {
            return passages;
        }

        string[] texts = [.. passages.Select(passage => Content(text.AsSpan(passage.Start, passage.Length)))];
        IReadOnlyList<ReadOnlyMemory<float>> vectors =
            await EmbedAsync(embedder, texts, cancellationToken).ConfigureAwait(false);
        return [.. passages.Zip(vectors, (passage, vector) => passage with { Vector = vector })];
    }

    /// <summary>Embeds a question.</summary>
    /// <param name="embedder">The embedder, or <see langword="null"/>.</param>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The vector; empty without an embedder or for a question of white space only.</returns>
    /// <exception cref="LlocoException">The embedder returned another number of vectors, or an empty one.</exception>
    public static async ValueTask<ReadOnlyMemory<float>> OfQuestionAsync(
        IPassageEmbedder? embedder, string question, CancellationToken cancellationToken)
    {
        if (embedder is null || string.IsNullOrWhiteSpace(question))
        {
            return default;
        }

        return (await EmbedAsync(embedder, [question], cancellationToken).ConfigureAwait(false))[0];
    }

    private static string Content(ReadOnlySpan<char> passage)
    {
        ReadOnlySpan<char> trimmed = passage.Trim();
        return trimmed.IsEmpty ? " " : trimmed.ToString();
    }

    private static async ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(
        IPassageEmbedder embedder, IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        IReadOnlyList<ReadOnlyMemory<float>> vectors =
            await embedder.EmbedAsync(texts, cancellationToken).ConfigureAwait(false);
        if (vectors.Count != texts.Count)
        {
            throw new LlocoException(
                $"The passage embedder returned {vectors.Count} vectors for {texts.Count} texts. Check its implementation.");
        }

        return vectors.Any(vector => vector.IsEmpty)
            ? throw new LlocoException("The passage embedder returned an empty vector. Check its implementation.")
            : vectors;
    }
}
