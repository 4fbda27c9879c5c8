using LLoCO.Core.Compression;

namespace LLoCO.Core.Decoding;

/// <summary>Prefills summary embeddings before the first question and keeps their KV cache entries, so the first question only
/// needs the prefill of its own tokens. Decoders that support this implement the interface.</summary>
public interface IPrefixPreparer
{
    /// <summary>Makes sure that the KV cache entries of a prefix are kept for later questions (<see cref="PrefixCacheOptions"/>):
    /// in the folder, complete on disk when the task ends, or in memory if there is no folder.</summary>
    /// <param name="prefix">Summary embeddings in prefix order; at least one. Entries are found only for exactly this prefix: two
    /// documents prepared separately do not serve a question about both.</param>
    /// <param name="adapter">Name of the adapter that will read it, or <see langword="null"/> for the base model.</param>
    /// <param name="cancellationToken">Checked before the work starts.</param>
    /// <returns>Whether the entries were computed now; <see langword="false"/> if they were already kept. A file in the folder is
    /// read to its end before it counts as kept.</returns>
    /// <exception cref="WindowExceededException">The native window cannot hold the prefix and a question.</exception>
    /// <exception cref="LlocoException">The adapter does not exist, or the entries exceed the limits of the cache.</exception>
    /// <exception cref="FingerprintMismatchException">The summary embeddings are another model's.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    Task<bool> PrepareAsync(
        IReadOnlyList<SummaryEmbeddings> prefix, string? adapter = null, CancellationToken cancellationToken = default);
}
