using LLoCO.Core.Compression;

namespace LLoCO.Core.Decoding;

/// <summary>Reads summary embeddings before anybody asks about them, and keeps their keys and values, so that the first question
/// pays for its own tokens only. Decoders that can, are ones too.</summary>
public interface IPrefixPreparer
{
    /// <summary>Makes sure that the keys and values of a prefix are kept where questions find them
    /// (<see cref="PrefixCacheOptions"/>): in the
    /// folder, whole and on disk when the task is done, or in memory where there is no folder.</summary>
    /// <param name="prefix">Summary embeddings in prefix order; at least one. Questions find the keys and values of this very
    /// prefix: each of
    /// two documents prepared alone is no preparation for both together.</param>
    /// <param name="adapter">Name of the adapter that will read it, or <see langword="null"/> for the base model.</param>
    /// <param name="cancellationToken">Checked before the work starts.</param>
    /// <returns>Whether the keys and values were computed now; <see langword="false"/> where they were kept already. A file in
    /// the folder is
    /// read to its end before it counts as kept.</returns>
    /// <exception cref="WindowExceededException">The native window cannot hold the prefix beside a question.</exception>
    /// <exception cref="LlocoException">There is no such adapter, or nothing may keep as much.</exception>
    /// <exception cref="FingerprintMismatchException">The summary embeddings are another model's.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    Task<bool> PrepareAsync(
        IReadOnlyList<SummaryEmbeddings> prefix, string? adapter = null, CancellationToken cancellationToken = default);
}
