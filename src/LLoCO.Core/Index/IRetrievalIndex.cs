using LLoCO.Core.Compression;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Index;

/// <summary>
/// Stores documents (text as passages, summary embeddings, group) and finds passages for a question. Implementations are safe for
/// concurrent use by several readers and one writer.
/// </summary>
public interface IRetrievalIndex : IAsyncDisposable
{
    /// <summary>Binds the index to a model. An empty index takes the fingerprint; any other must already have the same
    /// one.</summary>
    /// <param name="fingerprint">The fingerprint of the model in use.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when the index is bound.</returns>
    /// <exception cref="FingerprintMismatchException">The index was made by another model.</exception>
    ValueTask BindAsync(ModelFingerprint fingerprint, CancellationToken cancellationToken = default);

    /// <summary>Loads the fingerprint of the model that the index belongs to.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The fingerprint, or <see langword="null"/> where the index was never bound, or does not tell.</returns>
    ValueTask<ModelFingerprint?> LoadFingerprintAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<ModelFingerprint?>(null);

    /// <summary>Finds a document's record, without its vectors.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The record, or <see langword="null"/>.</returns>
    ValueTask<DocumentRecord?> FindAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>Lists documents, by id.</summary>
    /// <param name="group">Only this group, or all with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The records.</returns>
    IAsyncEnumerable<DocumentRecord> ListAsync(string? group = null, CancellationToken cancellationToken = default);

    /// <summary>Loads a document's summary embeddings.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The embeddings, or <see langword="null"/> where there is no such document.</returns>
    ValueTask<SummaryEmbeddings?> LoadSummaryAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>Loads the token hashes of a document's segments: they tell which segments of a grown document are
    /// unchanged.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Per segment, SHA-256 (lower-case hex) of its token ids; <see langword="null"/> where there is no such
    /// document.</returns>
    ValueTask<IReadOnlyList<string>?> LoadTokenHashesAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>Loads a document's text.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The text, or <see langword="null"/> where there is no such document.</returns>
    ValueTask<string?> LoadTextAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>Loads a document's passages with their dense vectors.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The passages in text order, or <see langword="null"/> where there is no such document. Vectors may have another length
    /// than those that were put in, but the same direction.</returns>
    /// <exception cref="NotSupportedException">The index does not give its passages.</exception>
    ValueTask<IReadOnlyList<Passage>?> LoadPassagesAsync(string documentId, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"This index does not give its passages ({nameof(LoadPassagesAsync)}). Take one that does.");

    /// <summary>Loads the fidelity that was measured when a document was ingested.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The fidelity, or <see langword="null"/> where it was not measured, the index keeps none, or there is no such
    /// document.</returns>
    ValueTask<DocumentFidelity?> LoadFidelityAsync(string documentId, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<DocumentFidelity?>(null);

    /// <summary>Loads how well the model knows a document's text, measured when it was ingested.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The figures, or <see langword="null"/> if they were not measured, the index keeps none, or there is no such
    /// document.</returns>
    ValueTask<DocumentFamiliarity?> LoadFamiliarityAsync(string documentId, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<DocumentFamiliarity?>(null);

    /// <summary>Adds or replaces a document in one transaction.</summary>
    /// <param name="document">The document with passages and summary embeddings.</param>
    /// <param name="cancellationToken">Cancels before the transaction commits.</param>
    /// <returns>A task that ends when the document is durable; its checkpoint is removed with it.</returns>
    ValueTask PutAsync(IndexedDocument document, CancellationToken cancellationToken = default);

    /// <summary>Removes a document with everything that belongs to it.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>Saves the finished segments of a document, so that an interrupted ingest can continue there.</summary>
    /// <param name="checkpoint">The segments done so far; replaces the document's earlier checkpoint.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when the checkpoint is durable.</returns>
    ValueTask SaveCheckpointAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default);

    /// <summary>Finds the checkpoint of an interrupted ingest.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The checkpoint, or <see langword="null"/>.</returns>
    ValueTask<IngestCheckpoint?> FindCheckpointAsync(string documentId, CancellationToken cancellationToken = default);

    /// <summary>Ranks passages for a question: BM25 over the text, fused with the cosine similarity of dense vectors where the
    /// passages and the query have them.</summary>
    /// <param name="query">Text, group, number of hits, optional dense vector.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The best passages first.</returns>
    ValueTask<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default);
}
