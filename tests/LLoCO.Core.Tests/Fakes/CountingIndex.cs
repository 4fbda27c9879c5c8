using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>Counts what is asked of another index.</summary>
internal sealed class CountingIndex(IRetrievalIndex inner) : IRetrievalIndex
{
    public int Searches { get; set; }

    public List<string> Texts { get; } = [];

    public List<string> Summaries { get; } = [];

    public ValueTask BindAsync(ModelFingerprint fingerprint, CancellationToken cancellationToken = default) =>
        inner.BindAsync(fingerprint, cancellationToken);

    public ValueTask<DocumentRecord?> FindAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.FindAsync(documentId, cancellationToken);

    public IAsyncEnumerable<DocumentRecord> ListAsync(string? group = null, CancellationToken cancellationToken = default) =>
        inner.ListAsync(group, cancellationToken);

    public ValueTask<SummaryEmbeddings?> LoadSummaryAsync(string documentId, CancellationToken cancellationToken = default)
    {
        Summaries.Add(documentId);
        return inner.LoadSummaryAsync(documentId, cancellationToken);
    }

    public ValueTask<IReadOnlyList<string>?> LoadTokenHashesAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadTokenHashesAsync(documentId, cancellationToken);

    public ValueTask<string?> LoadTextAsync(string documentId, CancellationToken cancellationToken = default)
    {
        Texts.Add(documentId);
        return inner.LoadTextAsync(documentId, cancellationToken);
    }

    public ValueTask<DocumentFidelity?> LoadFidelityAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadFidelityAsync(documentId, cancellationToken);

    public ValueTask<DocumentFamiliarity?> LoadFamiliarityAsync(
        string documentId, CancellationToken cancellationToken = default) =>
        inner.LoadFamiliarityAsync(documentId, cancellationToken);

    public ValueTask PutAsync(IndexedDocument document, CancellationToken cancellationToken = default) =>
        inner.PutAsync(document, cancellationToken);

    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.DeleteAsync(documentId, cancellationToken);

    public ValueTask SaveCheckpointAsync(IngestCheckpoint checkpoint, CancellationToken cancellationToken = default) =>
        inner.SaveCheckpointAsync(checkpoint, cancellationToken);

    public ValueTask<IngestCheckpoint?> FindCheckpointAsync(string documentId, CancellationToken cancellationToken = default) =>
        inner.FindCheckpointAsync(documentId, cancellationToken);

    public ValueTask<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default)
    {
        Searches++;
        return inner.SearchAsync(query, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
