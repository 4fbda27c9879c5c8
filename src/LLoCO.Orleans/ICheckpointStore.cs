using LLoCO.Core.Index;

namespace LLoCO.Orleans;

/// <summary>Keeps the finished segments of documents that are being compressed where every silo reads them, so that another silo continues
/// after the last segment. Implementations are safe for concurrent use by several processes.</summary>
public interface ICheckpointStore
{
    /// <summary>Saves the segments of a document that are done, in place of those saved before.</summary>
    /// <param name="checkpoint">The segments.</param>
    /// <param name="cancellationToken">Cancels before anything is written.</param>
    /// <returns>A task that ends when they are durable.</returns>
    ValueTask SaveAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default);

    /// <summary>Finds what was saved of a document.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The segments; <see langword="null"/> if there are none, or what was saved is damaged: the document is then compressed from
    /// its first segment.</returns>
    ValueTask<IngestCheckpoint?> FindAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>Removes what was saved of a document, which is in the index now.</summary>
    /// <param name="documentId">The document; it need not be there.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is removed.</returns>
    ValueTask RemoveAsync(string documentId, CancellationToken cancellationToken = default);
}
